import Results

/// Judges what the exchanges of one scenario cost, by counts, and always decides, unless the conditions differ, a figure is
/// absent, or nothing was counted before.
///
/// What is so far beyond its threshold that no start explains it fails at once. All else is decided by starts of the servers, as
/// few as make it sure: it passes as soon as the least of both sides is clear of the threshold, of two starts or more where it
/// depends on where things lie in memory, and fails as soon as it is beyond it for sure, of four or more. Where there are as many
/// as the policy allows, the estimate decides. The error rates that a simulation shows are in docs/methodology.md.
public struct CountGate: Sendable {
  public let scenario: String
  public let thresholds: [CountThreshold]
  private let policy: GatePolicy

  /// What a framework is held against.
  public enum Before: Equatable, Sendable {
    /// Another target of the same run, which is counted anew together with the framework.
    case target(String)
    /// What was stored, and how the packages changed since.
    case stored(CellCounts, changes: [Change])
    /// Why there is nothing, as a clause.
    case nothing(String)
  }

  /// What has to be counted once more.
  public struct Recount: Equatable, Sendable {
    public var targets: [String]
    /// Which fresh start of their servers, from 1.
    public var start: Int
    public var metrics: Set<CountMetric>
  }

  public init(_ scenario: String, tolerating thresholds: [CountThreshold], policy: GatePolicy) {
    self.scenario = scenario
    self.thresholds = thresholds
    self.policy = policy
  }

  /// - Parameters:
  ///   - counts: of this run, by framework.
  ///   - before: of each framework to be judged, in the order of the results.
  ///   - countAgain: counts on a fresh start of each target's server.
  public func judge(
    _ counts: [CellCounts], against before: [(framework: String, before: Before)],
    countAgain: (Recount) throws -> [CellCounts]
  ) rethrows -> [CountResult] {
    var open = before.flatMap { framework, before in
      thresholds.map { CountQuestion(framework: framework, threshold: $0, before: before, policy: policy) }
    }
    for index in open.indices { open[index].screen(counts) }
    for start in 1...policy.countRestarts {
      let waiting = open.filter { $0.isOpen }
      if waiting.isEmpty { break }
      let fresh = try countAgain(
        Recount(targets: targets(waiting, in: before), start: start, metrics: Set(waiting.map(\.metric))))
      for index in open.indices where open[index].isOpen { open[index].look(at: fresh) }
    }
    return open.map { $0.result(scenario) }
  }

  /// Those that are judged and those that they are held against, in the order of `before`.
  private func targets(_ open: [CountQuestion], in before: [(framework: String, before: Before)]) -> [String] {
    let asked = before.filter { entry in open.contains { $0.framework == entry.framework } }
    var targets: [String] = []
    for (framework, before) in asked {
      if case .target(let other) = before, !targets.contains(other) { targets.append(other) }
      if !targets.contains(framework) { targets.append(framework) }
    }
    return targets
  }
}
