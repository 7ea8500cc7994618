import Gate
import Histogram
import Results
import Statistics

/// What can be said of a cell. Only `ok` and `incomplete` cells are compared and ranked.
public enum CellVerdict: String, Codable, CaseIterable, Sendable {
  case ok
  /// Some rounds are missing; the others are sound.
  case incomplete
  /// At least one exchange failed.
  case errors
  /// A check beside the load failed, such as counting the inserted rows.
  case failedChecks = "failed_checks"
  /// A round in which not one response was verified.
  case unverified
  /// Its parity test found answers that are not what they should be.
  case failedParity = "failed_parity"
  /// It costs less than the work that is asked for, and its framework does not say why.
  case cheaperThanWork = "cheaper_than_work"
  /// No round at all.
  case missing

  public var isSound: Bool {
    switch self {
    case .ok, .incomplete: true
    case .errors, .failedChecks, .unverified, .failedParity, .cheaperThanWork, .missing: false
    }
  }
}

/// One scenario on one framework: everything that its rounds say together.
public struct CellSummary: Equatable, Sendable {
  public var scenario: String
  public var framework: Manifest.FrameworkEntry
  public var plannedRounds: Int
  /// By round.
  public var rounds: [Round]
  /// What the gate measured again, alone. No figure is made of it; what failed in it has failed.
  public var retest: [Round]
  /// What its parity test found wrong, in the same run.
  public var parityFaults: [String]
  /// Whether its parity test found nothing wrong; nil where none ran.
  var isAlike: Bool?
  public var verdict: CellVerdict
  /// Why it has no result, where a part of the stack did not outlive it.
  public var loss: LostCell?
  /// What an exchange of it costs; absent where it was not counted.
  public var counts: CellCounts?
  /// The work that its counts show not to have been done, without those that its framework explains.
  public var shortfalls: [WorkShortfall]
  /// Over all rounds together. Absent where a round has no readable histogram.
  public var latency: LatencySummary?
  /// Files' faults that show only when the histogram is opened.
  public var histogramFaults: [String]

  /// Set by the scenario, which knows the others: of sound cells only.
  public var ratioToReference: PairedRatio?
  /// The logarithm of that ratio in each round that both have, at equal speed of the machine where that was taken out.
  var roundRatios: [Double] = []
  /// 1 for the fastest and for those tied with it. Absent for the reference and where the cell is not sound.
  public var rank: Int?

  init(
    scenario: String, framework: Manifest.FrameworkEntry, plannedRounds: Int, rounds: [Round],
    retest: [Round] = [], parity: ScenarioParity? = nil, loss: LostCell? = nil, counts: CellCounts? = nil,
    shortfalls: [WorkShortfall] = []
  ) {
    // What was measured before counts for nothing: it is not what was planned.
    let (rounds, retest) = loss == nil ? (rounds, retest) : ([], [])
    self.loss = loss
    self.scenario = scenario
    self.framework = framework
    self.plannedRounds = plannedRounds
    self.rounds = rounds.sorted { $0.round < $1.round }
    self.retest = retest.sorted { $0.round < $1.round }
    parityFaults = parity?.faults[framework.name] ?? []
    isAlike = parity?.isAlike(framework.name)
    self.counts = counts
    self.shortfalls = shortfalls
    verdict = .ok
    (latency, histogramFaults) = Self.latency(self.rounds)
    verdict = judged()
  }

  private func judged() -> CellVerdict {
    let all = rounds + retest
    if plannedRounds == 0 ? counts == nil : rounds.isEmpty { return .missing }
    if counts?.failure != nil || all.contains(where: { $0.load.errorCount > 0 }) { return .errors }
    if all.contains(where: { $0.checks.contains { !$0.passed } }) { return .failedChecks }
    if all.contains(where: { $0.load.verified == 0 }) { return .unverified }
    if isAlike == false { return .failedParity }
    if !shortfalls.isEmpty { return .cheaperThanWork }
    return rounds.count < plannedRounds ? .incomplete : .ok
  }

  private static func latency(_ rounds: [Round]) -> (LatencySummary?, [String]) {
    var merged = Histogram()
    var faults: [String] = []
    for round in rounds {
      guard let record = round.histograms["latency"] else {
        faults.append("round \(round.round) has no latency histogram")
        continue
      }
      do {
        let histogram = try record.histogram()
        if histogram.count > 1_000_000_000_000 {
          faults.append("the latency histogram of round \(round.round) counts \(histogram.count) values")
        } else {
          merged.merge(histogram)
        }
      } catch {
        faults.append("the latency histogram of round \(round.round) cannot be read: \(error)")
      }
    }
    return (faults.isEmpty ? LatencySummary(merged) : nil, faults)
  }

  public var missingRounds: [Int] {
    (1..<plannedRounds + 1).filter { number in !rounds.contains { $0.round == number } }
  }

  /// The median of the rounds.
  public var throughput: Double? { rounds.map(\.load.verifiedPerSecond).median }

  /// Where the geometric mean of the rounds lies, from a t-test on the logarithms. Absent with fewer than two rounds.
  public var throughputInterval: ConfidenceInterval? {
    LogMean(of: rounds.map(\.load.verifiedPerSecond))?.interval()
  }

  public var verified: Int? { rounds.isEmpty ? nil : rounds.reduce(0) { $0 + $1.load.verified } }
  public var errorCount: Int? { rounds.isEmpty ? nil : everyRound.reduce(0) { $0 + $1.load.errorCount } }

  public var errorsByKind: [String: Int] {
    everyRound.reduce(into: [:]) { sum, round in
      sum.merge(round.load.errors.filter { $0.value > 0 }, uniquingKeysWith: +)
    }
  }

  private var everyRound: [Round] { rounds + retest }

  /// The first failures in words, each once.
  public var failures: [String] {
    everyRound.flatMap(\.load.failures).eachOnce
  }

  /// Why the cell has no rank or what it lacks, in words; nil where all is well.
  public var reason: String? { Reading.reason(self) }

  /// The largest of the rounds, in bytes: memory matters where it peaks.
  public var memoryBytes: Int? { rounds.compactMap { $0.resources.server?.memoryBytes }.max() }

  var memoryMebibytes: Double? { memoryBytes.map { Double($0) / 1_048_576 } }

  /// 100 is one core, over all rounds together.
  public var serverCPUPercent: Double? { cpuPercent(\.server) }
  public var postgresCPUPercent: Double? { cpuPercent(\.postgres) }
  public var generatorCPUPercent: Double? { cpuPercent(\.generator) }

  private func cpuPercent(_ process: KeyPath<ResourceFigures, ProcessFigures?>) -> Double? {
    let known = rounds.compactMap { round in
      round.resources[keyPath: process].map { (cpu: $0.cpuS, window: round.load.windowS) }
    }
    guard !known.isEmpty else { return nil }
    return known.reduce(0) { $0 + $1.cpu } / known.reduce(0) { $0 + $1.window } * 100
  }

  /// Microseconds of the target's CPU time for each verified exchange, over all rounds together.
  public var cpuMicrosecondsPerRequest: Double? { cpuPerRequest.map { $0.user + $0.system } }

  /// Microseconds for each verified exchange: the target's own, the kernel's on its behalf, and the database's.
  var cpuPerRequest: (user: Double, system: Double, postgres: Double)? {
    let known = rounds.filter { $0.resources.server != nil }
    let verified = Double(known.reduce(0) { $0 + $1.load.verified })
    guard verified > 0 else { return nil }
    func each(_ seconds: (Round) -> Double?) -> Double {
      known.reduce(0) { $0 + (seconds($1) ?? 0) } / verified * 1e6
    }
    return (
      each { $0.resources.server?.cpuUserS }, each { $0.resources.server?.cpuSystemS },
      each { $0.resources.postgres?.cpuS }
    )
  }
}
