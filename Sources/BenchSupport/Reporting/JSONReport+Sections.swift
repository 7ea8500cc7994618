import Statistics

extension JSONReport {
  struct Cost: Encodable {
    var scenario: String
    var framework: String
    var referenceUs: Double
    var addedUs: Double
    var addedUsInterval: Interval
    var ratio: Double
    var interval: Interval
    var rounds: Int

    init(_ cost: FrameworkCost) {
      (scenario, framework, rounds) = (cost.scenario, cost.framework.name, cost.ratio.values)
      referenceUs = Figure.rounded(cost.referenceMicroseconds)
      addedUs = Figure.rounded(cost.addedMicroseconds)
      addedUsInterval = Interval(cost.addedInterval)
      ratio = Figure.rounded(cost.ratio.estimate.ratio)
      interval = Interval(cost.ratio.interval())
    }
  }

  struct GateEntry: Encodable {
    var baselines: [String]
    var pass: Int
    var fail: Int
    var undecided: Int
    var rulings: [RulingEntry]

    init(_ run: RunSummary) {
      baselines = run.verdicts.map(\.baseline).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
      func count(_ outcome: ScenarioRuling.Outcome) -> Int { run.rulings.count { $0.verdict == outcome } }
      (pass, fail, undecided) = (count(.pass), count(.fail), count(.undecided))
      rulings = run.rulings.map(RulingEntry.init)
    }
  }

  struct RulingEntry: Encodable {
    var scenario: String
    var framework: String
    var metric: String
    var comparedTo: String
    var verdict: String
    var reason: String?
    var ratio: Double?
    var interval: Interval?
    var tolerated: Double
    var rounds: Int
    var effectSize: Double?
    var bootstrapLow: Double?
    var bootstrapHigh: Double?
    var mannWhitneyP: Double?
    var baseline: String?

    init(_ ruling: ScenarioRuling) {
      (scenario, framework, metric) = (ruling.scenario, ruling.framework, ruling.metric.rawValue)
      (comparedTo, verdict, reason) = (ruling.comparedTo, ruling.verdict.rawValue, ruling.doubt)
      ratio = JSONReport.short(ruling.ratio)
      interval = ruling.interval.map(Interval.init)
      tolerated = Figure.rounded(ruling.tolerated)
      (rounds, baseline) = (ruling.rounds, ruling.baseline)
      (effectSize, mannWhitneyP) = (JSONReport.short(ruling.effectSize), JSONReport.short(ruling.mannWhitneyP))
      bootstrapLow = JSONReport.short(ruling.bootstrapLow)
      bootstrapHigh = JSONReport.short(ruling.bootstrapHigh)
    }
  }

  struct Environment: Encodable {
    var cpuModel: String
    var processors: Int
    var memoryMib: Double
    var operatingSystem: String
    var kernel: String
    var python: String
    var postgres: String
    var swift: String
    var revision: String?
    var settings: [Setting]

    init(_ environment: Manifest.Environment) {
      (cpuModel, processors) = (environment.cpuModel, environment.processors)
      memoryMib = Figure.rounded(Double(environment.memoryBytes) / 1_048_576)
      (operatingSystem, kernel) = (environment.operatingSystem, environment.kernel)
      (python, postgres, swift) = (environment.python, environment.postgres, environment.swift)
      revision = environment.revision
      settings = environment.settings.sorted { $0.key < $1.key }.map { Setting(name: $0.key, value: $0.value) }
    }
  }

  struct Setting: Encodable {
    var name: String
    var value: String
  }
}
