import Results
import Stack

/// What of a run is counted.
public enum CountedPart: Equatable, Sendable {
  /// Why, as a clause.
  case nothing(because: String)
  case cells(scenarios: [String], frameworks: [String])
}

extension Configuration {
  /// - Parameter isTimed: whether rounds are measured in the same run. At the profile of the suite's own tests these are few
  ///   and short, and so little is counted beside them.
  public func countedPart(isTimed: Bool) -> CountedPart {
    guard isCounted else { return .nothing(because: "SHOOTOUT_COUNTS is off") }
    switch deployment {
    case .process, .docker: break
    case .compose:
      return .nothing(
        because: "to start servers again for counting takes the engine, which the suite's container is not given")
    case .external:
      return .nothing(because: "servers of DEPLOYMENT=external are not started again to be counted")
    }
    guard coordinator == nil else { return .nothing(because: "several generators measure together") }
    guard profile == .smoke, isTimed, comparison == nil else {
      return .cells(scenarios: scenarios, frameworks: frameworks)
    }
    let reference = targets.filter { $0.role == .reference }.map(\.name)
    let one = targets.first { $0.role != .reference }.map { [$0.name] } ?? []
    return .cells(scenarios: Array(scenarios.prefix(1)), frameworks: frameworks.filter((reference + one).contains))
  }
}
