import LoadEngine
import Results
import Stack

extension RoundMeasurement {
  /// One segment of a soak: an open loop with Poisson arrivals, as of many clients who do not know of each other, and what is
  /// observed beside it.
  ///
  /// Each segment is a load of its own, with connections of its own: so it is recorded when it ends, the generator keeps
  /// nothing of it, and servers see connections come and go.
  ///
  /// - Parameters:
  ///   - number: of the segment, counted from 1.
  ///   - looksAtDatabase: whether the statements and rows of the database are counted, which sees those of all targets.
  /// - Returns: the record, and how many exchanges were due in the window and not sent.
  package func run(
    segment number: Int, position: Int, atRate rate: Double, settling: Duration, window: Duration,
    monitor: LoadMonitor, looksAtDatabase: Bool
  ) throws -> (round: Round, unsent: Int) {
    var plan = try plan(warmUp: settling, window: window)
    plan.pacing = .openLoop(perSecond: rate, arrivals: .poisson)
    // The workers have to share the connections as they do in a closed loop.
    plan.isBusyInRampUp = true
    let checks = looksAtDatabase ? try WorkChecks(scenario, stack.postgres, seed: seed) : nil
    let (round, load) = try observe(plan, number, position: position, checks, monitor) {
      ExchangeCount(answered: $0.acknowledged, sent: $0.sent)
    }
    return (round, load.schedule?.unsentInWindow ?? 0)
  }

  /// The anonymous memory of the server now; nil where it cannot be seen.
  package var memoryBytes: Int? { stack.anonymousMemoryBytes(of: server.name) }
}
