import Foundation
import Results
import Statistics
import Text

/// `results.json`: everything the report says, for programs. `docs/results.md` describes the fields.
///
/// Keys are sorted, figures have six significant digits, and what is missing is absent.
public enum JSONReport {
  public static let schema = 1

  public static func text(_ run: RunSummary) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let bytes = try? encoder.encode(Document(run)) else {
      preconditionFailure("a document of strings, numbers and lists can always be encoded")
    }
    return String(decoding: bytes, as: UTF8.self).escapingControlsInJSON + "\n"
  }

  private struct Document: Encodable {
    var schema = JSONReport.schema
    var state: String
    var started: String
    var profile: String
    var rounds: Int
    var windowS: Double
    var warmUpS: Double
    var connections: Int
    var seed: String
    var comparison: String?
    var deployment: String
    var environment: Environment
    var reference: String?
    var frameworks: [Framework]
    var scenarios: [Scenario]
    var standings: [StandingEntry]
    var frameworkCost: [Cost]
    var gate: GateEntry?
    var warnings: [Warning]
    var missing: [Missing]
    var problems: [String]
    var ignoredFiles: [String]

    init(_ run: RunSummary) {
      state = run.stateName
      started = run.manifest.started
      profile = run.manifest.profile.name
      rounds = run.manifest.profile.rounds
      windowS = Figure.rounded(run.manifest.profile.windowS)
      warmUpS = Figure.rounded(run.manifest.profile.warmUpS)
      connections = run.manifest.connections
      seed = run.manifest.seed
      comparison = run.manifest.comparison
      deployment = run.manifest.deployment
      environment = Environment(run.manifest.environment)
      reference = run.reference?.name
      frameworks = run.manifest.frameworks.map {
        Framework(
          name: $0.name, title: $0.title, version: $0.version, server: $0.server, isReference: $0.isReference,
          packages: $0.versions.sorted { $0.key < $1.key }.map { Package(name: $0.key, version: $0.value) })
      }
      scenarios = run.scenarios.map(Scenario.init)
      standings = run.standings.map {
        StandingEntry(
          framework: $0.framework.name, ratioToReference: JSONReport.short($0.ratio), wins: $0.wins, ties: $0.ties,
          losses: $0.losses, undecided: $0.undecided)
      }
      frameworkCost = run.costs.map(Cost.init)
      gate = run.verdicts.isEmpty ? nil : GateEntry(run)
      warnings = run.warnings.map { warning in
        Warning(
          text: warning.text,
          places: warning.places.map {
            Place(scenario: $0.scenario, framework: $0.framework, rounds: $0.rounds.isEmpty ? nil : $0.rounds)
          })
      }
      missing = run.missing.map { Missing(scenario: $0.scenario, framework: $0.framework, rounds: $0.rounds) }
      problems = run.problems.map(\.description)
      ignoredFiles = run.ignoredFiles
    }
  }

  private struct Framework: Encodable {
    var name: String
    var title: String
    var version: String
    var server: String
    var isReference: Bool
    var packages: [Package]
  }

  private struct Package: Encodable {
    var name: String
    var version: String
  }

  private struct Scenario: Encodable {
    var name: String
    var summary: String
    var verification: String
    var unit: String
    var outcome: String
    var winners: [String]
    var cells: [Cell]
    var comparisons: [Pair]

    init(_ scenario: ScenarioSummary) {
      name = scenario.entry.name
      (summary, verification) = (scenario.entry.summary, scenario.entry.verification)
      unit = scenario.entry.unit
      outcome =
        switch scenario.outcome {
        case .winner: "winner"
        case .tie: "tie"
        case .uncontested: "uncontested"
        case .undecided: "undecided"
        case .nobody: "nobody"
        }
      winners = scenario.outcome.winners
      cells = scenario.cells.map(Cell.init)
      comparisons = scenario.comparisons.map(Pair.init)
    }
  }

  private struct Cell: Encodable {
    var framework: String
    var verdict: String
    var rank: Int?
    var reqS: Double?
    var reqSInterval: Interval?
    var ratioToReference: Estimate?
    var latencyMs: Latency?
    var verified: Int?
    var errors: Int?
    var errorsByKind: [Kind]
    var cpuPct: Double?
    var cpuUsPerRequest: Double?
    var memMib: Double?
    var postgresCpuPct: Double?
    var generatorCpuPct: Double?
    var runs: Int
    var runsPlanned: Int
    var rounds: [RoundEntry]
    var failedChecks: [Check]

    init(_ cell: CellSummary) {
      framework = cell.framework.name
      verdict = cell.verdict.rawValue
      rank = cell.rank
      reqS = JSONReport.short(cell.throughput)
      reqSInterval = cell.throughputInterval.map(Interval.init)
      ratioToReference = cell.ratioToReference.map(Estimate.init)
      latencyMs = cell.latency.map(Latency.init)
      verified = cell.verified
      errors = cell.errorCount
      errorsByKind = cell.errorsByKind.sorted { $0.key < $1.key }.map { Kind(kind: $0.key, count: $0.value) }
      cpuPct = JSONReport.short(cell.serverCPUPercent)
      cpuUsPerRequest = JSONReport.short(cell.cpuMicrosecondsPerRequest)
      memMib = JSONReport.short(cell.memoryBytes.map { Double($0) / 1_048_576 })
      postgresCpuPct = JSONReport.short(cell.postgresCPUPercent)
      generatorCpuPct = JSONReport.short(cell.generatorCPUPercent)
      runs = cell.rounds.count
      runsPlanned = cell.plannedRounds
      rounds = cell.rounds.map(RoundEntry.init)
      failedChecks = cell.rounds.flatMap { round in
        round.checks.filter { !$0.passed }.map { Check(round: round.round, name: $0.name, detail: $0.detail) }
      }
    }
  }

  private struct RoundEntry: Encodable {
    var round: Int
    var position: Int
    var reqS: Double?
    var verified: Int
    var errors: Int
    var windowS: Double
    var cpuS: Double?
    var memMib: Double?
    var speedProbeNs: Double?

    init(_ evidence: Round) {
      round = evidence.round
      position = evidence.position
      reqS = JSONReport.short(evidence.load.verifiedPerSecond)
      verified = evidence.load.verified
      errors = evidence.load.errorCount
      windowS = Figure.rounded(evidence.load.windowS)
      cpuS = JSONReport.short(evidence.resources.server?.cpuS)
      memMib = JSONReport.short((evidence.resources.server?.memoryBytes).map { Double($0) / 1_048_576 })
      speedProbeNs = JSONReport.short(evidence.resources.speedProbeNs)
    }
  }

  private struct Latency: Encodable {
    var samples: Int
    var p50: Double?
    var p90: Double?
    var p95: Double?
    var p99: Double?
    var p999: Double?
    var max: Double?
    var mean: Double?

    init(_ latency: LatencySummary) {
      samples = latency.samples
      (p50, p90, p95) = (JSONReport.short(latency[50]), JSONReport.short(latency[90]), JSONReport.short(latency[95]))
      (p99, p999) = (JSONReport.short(latency[99]), JSONReport.short(latency[99.9]))
      (max, mean) = (JSONReport.short(latency.maxMs), JSONReport.short(latency.meanMs))
    }
  }

  package struct Interval: Encodable {
    package var low: Double
    package var high: Double
    package var confidence: Double

    package init(_ interval: ConfidenceInterval) {
      (low, high) = (Figure.rounded(interval.low), Figure.rounded(interval.high))
      confidence = Figure.rounded(interval.confidence)
    }
  }

  private struct Estimate: Encodable {
    var ratio: Double
    var interval: Interval
    var rounds: Int
    var atEqualSpeed: Bool

    init(_ ratio: PairedRatio) {
      self.ratio = Figure.rounded(ratio.ratio)
      interval = Interval(ratio.interval())
      (rounds, atEqualSpeed) = (ratio.rounds, ratio.isAtEqualSpeed)
    }
  }

  private struct Pair: Encodable {
    var faster: String
    var slower: String
    var ratio: Double
    var interval: Interval
    var rounds: Int
    var atEqualSpeed: Bool
    var p: Double
    var pAdjusted: Double
    var tie: Bool

    init(_ comparison: Comparison) {
      (faster, slower, tie) = (comparison.faster, comparison.slower, comparison.isTie)
      (ratio, rounds) = (Figure.rounded(comparison.ratio.ratio), comparison.ratio.rounds)
      interval = Interval(comparison.interval)
      atEqualSpeed = comparison.ratio.isAtEqualSpeed
      p = Figure.rounded(comparison.ratio.pValue)
      pAdjusted = Figure.rounded(comparison.decision.adjustedP)
    }
  }

  private struct Kind: Encodable {
    var kind: String
    var count: Int
  }

  private struct Check: Encodable {
    var round: Int
    var name: String
    var detail: String
  }

  private struct StandingEntry: Encodable {
    var framework: String
    var ratioToReference: Double?
    var wins: Int
    var ties: Int
    var losses: Int
    var undecided: Int
  }

  private struct Warning: Encodable {
    var text: String
    var places: [Place]
  }

  private struct Place: Encodable {
    var scenario: String
    var framework: String
    var rounds: [Int]?
  }

  private struct Missing: Encodable {
    var scenario: String
    var framework: String
    var rounds: [Int]
  }

  package static func short(_ value: Double?) -> Double? { value.map { Figure.rounded($0) } }
}
