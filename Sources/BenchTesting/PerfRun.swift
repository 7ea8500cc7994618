import BenchSupport
import Foundation
import Testing

/// The measurements of one test process, and what each leaves behind as attachments.
public actor PerfRun {
  private static let current = PerfRun()
  private var begun: Begun?

  private struct Begun {
    var configuration: Configuration
    var stack: Stack
    var manifest: Manifest
    let progress = RunProgress(terminal: TerminalLine.find()) { print($0) }
  }

  /// Measures one scenario on all contestants, records the evidence, prints the table and fails on what is wrong.
  public static func measure(_ scenario: Scenario) async throws {
    let begun = try await current.begin()
    let measurement = ScenarioMeasurement(
      scenario, configuration: begun.configuration, stack: begun.stack, progress: begun.progress)
    let rounds = try measurement.run { evidence in
      attach(evidence, named: "\(evidence.scenario)--\(evidence.framework)--round\(evidence.round).json")
    }
    let run = RunSummary(manifest: begun.manifest, rounds: rounds, problems: [], ignoredFiles: [])
    if let summary = run.scenarios.first(where: { $0.entry.name == scenario.name }) {
      print(TerminalReport.text(summary, of: run))
    }
    for evidence in rounds { judge(evidence) }
  }

  private func begin() async throws -> Begun {
    if let begun { return begun }
    let configuration = try Configuration.read(scenarios: Scenario.names)
    let stack = try await StackUnderTest.shared(configuration)
    let manifest = Manifest(configuration, stack: stack, started: Date())
    let begun = Begun(configuration: configuration, stack: stack, manifest: manifest)
    self.begun = begun
    print("seed \(configuration.seed)")
    PerfRun.attach(manifest, named: "manifest.json")
    return begun
  }

  private static func attach(_ value: some Encodable, named name: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      Attachment.record(Array(try encoder.encode(value)), named: name)
    } catch {
      Issue.record("\(name) cannot be encoded: \(error)")
    }
  }

  /// One error, one unverified round or one failed check fails the cell.
  private static func judge(_ evidence: RoundEvidence) {
    let cell = "\(evidence.scenario) on \(evidence.framework), round \(evidence.round)"
    if evidence.load.errorCount > 0 {
      let kinds = evidence.load.errors.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
      Issue.record(
        "\(cell): \(kinds.joined(separator: ", ")); \(evidence.load.failures.prefix(3).joined(separator: "; "))")
    }
    if evidence.load.verified == 0 { Issue.record("\(cell): no response was verified") }
    for check in evidence.checks where !check.passed { Issue.record("\(cell): \(check.name): \(check.detail)") }
  }
}

extension Trait where Self == ConditionTrait {
  /// Leaves a test out where `SHOOTOUT_SCENARIOS` does not name its scenario.
  public static func selected(_ scenario: Scenario) -> Self {
    .enabled("SHOOTOUT_SCENARIOS leaves \(scenario.name) out") {
      try Configuration.read(scenarios: Scenario.names).scenarios.contains(scenario.name)
    }
  }
}
