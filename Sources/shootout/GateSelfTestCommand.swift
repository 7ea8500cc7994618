import BenchSupport
import Foundation
import Stack

/// The gate on runs whose truth is known.
struct GateSelfTestCommand: Command {
  static let about = CommandDescription(
    name: "gate-selftest", group: .look, summary: "the gate on runs whose truth is known",
    notes: [
      """
      It needs the tests to be built; make gate-selftest builds them first.
      By counts, an application is held beside a copy of it with a change: none, a
      percentage of its instructions, one more query, one more middleware. By times,
      two copies are, one of them with a busy wait in its handlers.
      FRAMEWORK is fastapi unless you say otherwise; by times, one on uvicorn.
      """
    ],
    examples: [
      "shootout gate-selftest --runs 5 --changes none,1 fastapi",
      "shootout gate-selftest --measure times --runs 5 --slowdowns 0,10 fastapi",
    ])

  private static let usualFramework = "fastapi"

  @Option("--measure", "WHAT", .measure, "counts or times") private var measure = Measure.counts
  @Option("--runs", "N", .number, "runs for each change") private var runs = 20
  @Option("--changes", "LIST", .changes, "of counts: the changes")
  private var changes = SelfTestChange.usual
  @Option("--slowdowns", "LIST", .percentages, "of times: percent by which one side is slower")
  private var slowdowns = [0, 5, 10, 20]
  /// nil leaves it to the perf tests.
  @Option("--tolerance", "P", .tolerance, "of times: percent that are tolerated, or 'tests'")
  private var tolerance: Int? = 2
  @Operands("FRAMEWORK", .targets, mistake: mistake) private var name: String?

  private static let mistake = "shootout gate-selftest takes one framework and at least one run"

  fileprivate enum Measure: String, CaseIterable {
    case counts, times
  }

  func run() throws -> ExitCode {
    guard runs > 0 else { throw UsageError(Self.mistake) }
    let configuration = try Configuration.read(scenarios: Scenario.names)
    let framework = name ?? Self.usualFramework
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    switch measure {
    case .counts:
      let places = try SelfTestPlaces.read(configuration.checkout.fixtures)
      guard let own = places[framework], let target = configuration.known.first(where: { $0.name == framework }) else {
        throw UsageError(
          "the self-test does not know where to change '\(framework)'; known: \(places.keys.sorted().joined(separator: ", "))"
        )
      }
      let test = CountedSelfTest(
        target: target, runs: runs, changes: changes, places: own, configuration: configuration, interrupts: interrupts)
      return try test.run() ? .success : .interrupted
    case .times:
      let known = configuration.known.filter { $0.server.contains("uvicorn") && $0.package != nil }
      guard let target = known.first(where: { $0.name == framework }), let package = target.package,
        let version = target.pinnedVersion(of: package)
      else {
        throw UsageError(
          "the handlers of '\(framework)' cannot be made slower: only of those on uvicorn; known: "
            + known.map(\.name).joined(separator: ", "))
      }
      let test = TimedSelfTest(
        framework: target.name, version: version, runs: runs, slowdowns: slowdowns, tolerance: tolerance,
        configuration: configuration, interrupts: interrupts)
      return try test.run() ? .success : .interrupted
    }
  }
}

extension Parser<GateSelfTestCommand.Measure> {
  fileprivate static var measure: Parser {
    Parser(completes: .words(GateSelfTestCommand.Measure.allCases.map(\.rawValue))) {
      $0.rawValue
    } parse: { text, option throws(UsageError) in
      guard let measure = GateSelfTestCommand.Measure(rawValue: text) else {
        throw UsageError("\(option) '\(text)' is neither counts nor times")
      }
      return measure
    }
  }
}

extension Parser<[SelfTestChange]> {
  fileprivate static var changes: Parser {
    Parser {
      $0.map(\.description).joined(separator: ",")
    } parse: { text, option throws(UsageError) in
      let changes = text.split(separator: ",").map { SelfTestChange(String($0)) }
      guard !changes.isEmpty, !changes.contains(nil) else {
        let usual = SelfTestChange.usual.map(\.description).joined(separator: ",")
        throw UsageError("\(option) '\(text)' is no list of changes; right would be \(usual)")
      }
      return changes.compactMap(\.self)
    }
  }
}

extension Parser<[Int]> {
  fileprivate static var percentages: Parser {
    Parser {
      $0.map(String.init).joined(separator: ",")
    } parse: { text, option throws(UsageError) in
      let numbers = text.split(separator: ",").map { Int($0) }
      guard numbers.allSatisfy({ $0.map((0...100).contains) ?? false }) else {
        throw UsageError("\(option) '\(text)' is no list of percentages; right would be 0,5,10,20")
      }
      return numbers.compactMap(\.self)
    }
  }
}

extension Parser<Int?> {
  /// In percent; nil for `tests`, what they tolerate.
  fileprivate static var tolerance: Parser {
    Parser {
      $0.map(String.init) ?? "tests"
    } parse: { text, option throws(UsageError) in
      let percent = Int(text)
      guard percent.map((0...100).contains) ?? (text == "tests") else {
        throw UsageError("\(option) '\(text)' is no percentage; right would be 2, or tests for what they tolerate")
      }
      return percent
    }
  }
}
