import Gate
import Results
import Statistics

extension JSONReport {
  package struct Cost: Encodable {
    package var scenario: String
    package var framework: String
    package var referenceUs: Double
    package var addedUs: Double
    package var addedUsInterval: Interval
    package var ratio: Double
    package var interval: Interval
    package var rounds: Int

    package init(_ cost: FrameworkCost) {
      (scenario, framework, rounds) = (cost.scenario, cost.framework.name, cost.ratio.values)
      referenceUs = Figure.rounded(cost.referenceMicroseconds)
      addedUs = Figure.rounded(cost.addedMicroseconds)
      addedUsInterval = Interval(cost.addedInterval)
      ratio = Figure.rounded(cost.ratio.estimate.ratio)
      interval = Interval(cost.ratio.interval())
    }
  }

  package struct GateEntry: Encodable {
    package var baselines: [String]
    package var pass: Int
    package var fail: Int
    package var undecided: Int
    package var rulings: [ThresholdResultEntry]

    package init(_ run: RunSummary) {
      baselines = run.verdicts.map(\.baseline).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
      func count(_ outcome: ThresholdResult.Outcome) -> Int { run.rulings.count { $0.verdict == outcome } }
      (pass, fail, undecided) = (count(.pass), count(.fail), count(.undecided))
      rulings = run.rulings.map(ThresholdResultEntry.init)
    }
  }

  package struct ThresholdResultEntry: Encodable {
    package var scenario: String
    package var framework: String
    package var metric: String
    package var comparedTo: String
    package var verdict: String
    package var reason: String?
    package var ratio: Double?
    package var interval: Interval?
    package var tolerated: Double
    package var rounds: Int
    package var effectSize: Double?
    package var bootstrapLow: Double?
    package var bootstrapHigh: Double?
    package var mannWhitneyP: Double?
    package var baseline: String?

    package init(_ ruling: ThresholdResult) {
      (scenario, framework, metric) = (ruling.scenario, ruling.framework, ruling.metric.rawValue)
      (comparedTo, verdict, reason) = (
        ruling.comparedTo.rawValue, ruling.verdict.rawValue, ruling.reason?.text
      )
      ratio = JSONReport.short(ruling.ratio)
      interval = ruling.interval.map(Interval.init)
      tolerated = Figure.rounded(ruling.tolerated)
      (rounds, baseline) = (ruling.rounds, ruling.baseline?.text)
      (effectSize, mannWhitneyP) = (JSONReport.short(ruling.effectSize), JSONReport.short(ruling.mannWhitneyP))
      bootstrapLow = JSONReport.short(ruling.bootstrapLow)
      bootstrapHigh = JSONReport.short(ruling.bootstrapHigh)
    }
  }

  package struct Environment: Encodable {
    package var cpuModel: String
    package var processors: Int
    package var memoryMib: Double
    package var operatingSystem: String
    package var kernel: String
    package var python: String
    package var postgres: String
    package var swift: String
    package var revision: String?
    package var settings: [Setting]

    package init(_ environment: Manifest.Environment) {
      (cpuModel, processors) = (environment.cpuModel, environment.processors)
      memoryMib = Figure.rounded(Double(environment.memoryBytes) / 1_048_576)
      (operatingSystem, kernel) = (environment.operatingSystem, environment.kernel)
      (python, postgres, swift) = (environment.python, environment.postgres, environment.swift)
      revision = environment.revision
      settings = environment.settings.sorted { $0.key < $1.key }.map { Setting(name: $0.key, value: $0.value) }
    }
  }

  package struct Setting: Encodable {
    package var name: String
    package var value: String
  }
}
