import LoadEngine
import Stack
import WireFormats

/// The load under which is counted: one connection, a closed loop, and every response verified as in a measurement.
struct CountedLoad {
  let scenario: Scenario
  let work: Work

  /// Every load draws the same, in every run: what is counted depends on what is asked.
  static let seed: UInt64 = 1
  /// A server under valgrind takes a hundred times as long, and longer on a busy machine.
  private static let timeout = Duration.seconds(120)

  /// A task of 10 ms wakes a worker that sleeps no longer.
  private static let longerThanTask = Duration.milliseconds(15)

  init(_ scenario: Scenario, _ configuration: Configuration, _ stack: Stack) throws {
    var configuration = configuration
    configuration.seed = Self.seed
    self.scenario = scenario
    work = try scenario.work(ScenarioMaterial(configuration, stack, for: scenario))
  }

  /// - Parameter relay: one to the copy, where its worker is known.
  /// - Throws: `notVerified` where not all exchanges were right.
  @discardableResult
  func run(_ exchanges: Int, on copy: ServerCopy, through relay: PieceRelay? = nil) throws -> LoadResult {
    relay?.use(
      gathers: work.sendsMuch, quiet: scenario.probe == .backgroundTask ? Self.longerThanTask : .zero)
    var plan = LoadPlan(endpoint: relay?.endpoint ?? copy.endpoint, work: work)
    plan.connections = 1
    plan.warmUp = .zero
    plan.requests = exchanges
    plan.window = Self.timeout
    plan.timeout = Self.timeout
    plan.seed = Self.seed
    let load = try plan.run(monitor: LoadMonitor())
    guard load.errors.total == 0, load.measured.verified == exchanges else {
      try copy.requireAlive()
      throw CountingError.notVerified(
        scenario: scenario.name, server: copy.name, verified: load.measured.verified, of: exchanges,
        failure: load.failures.first?.description)
    }
    return load
  }
}

extension Work {
  /// Whether a request is more than a server reads at once.
  fileprivate var sendsMuch: Bool {
    guard case .http(let exchanges) = self else { return false }
    return exchanges.contains { $0.request.body.byteCount ?? 0 > PieceRelay.pieceBytes }
  }
}
