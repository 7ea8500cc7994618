/// Where a run is: one warm-up or one round of one cell.
public struct MeasuringStep: Equatable, Sendable {
  public enum Phase: Equatable, Sendable {
    case warmUp
    /// Counted from 1.
    case round(Int, of: Int)
  }

  public var scenario: String
  public var framework: String
  public var phase: Phase
  /// The target's place in the order of the round, counted from 1.
  public var position: Int
  /// The scenario's place among those of the run, counted from 1.
  public var place: Int
  public var places: Int
  /// What the scenario counts, such as `requests`.
  public var unit: String
  /// How long this step takes by plan.
  public var planned: Duration
  /// How long everything after this step takes by plan.
  public var plannedAfter: Duration

  /// Such as `[3/14] html  round 2/5  sanic`.
  package var heading: String {
    let phase =
      switch phase {
      case .warmUp: "warm-up"
      case .round(let round, let rounds): "round \(round)/\(rounds)"
      }
    return "[\(place)/\(places)] \(scenario)  \(phase)  \(framework)"
  }
}
