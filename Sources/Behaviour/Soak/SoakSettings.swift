import Foundation
import LoadEngine
import Results

/// How a soak is to be.
package struct SoakSettings: Equatable {
  package var scenario: String
  /// Of each framework.
  package var duration: Duration
  /// nil for a share of what the slowest framework can.
  package var rate: Double?
  /// Whether all frameworks are loaded at the same time, and not in turns.
  package var isTogether: Bool

  package init(scenario: String, duration: Duration, rate: Double? = nil, isTogether: Bool = false) {
    self.scenario = scenario
    self.duration = duration
    self.rate = rate
    self.isTogether = isTogether
  }

  /// A request goes the whole way in it: routing, conversion of a parameter, a connection of the pool, serialization.
  package static let usualScenario = "db-read"

  /// The share of the capacity of the slowest framework: busy, and not at the limit.
  package static let share = 0.5

  /// What all frameworks are loaded with: the same for all, so that what they hold after a time is after as many requests.
  ///
  /// - Parameter capacities: what each served in a second of a closed loop. Loaded together, each has its part of the machine.
  package func rate(_ capacities: [String: Double]) -> Double {
    if let rate { return rate }
    let slowest = capacities.values.min() ?? 0
    return (slowest * Self.share / (isTogether ? Double(max(1, capacities.count)) : 1)).rounded(.down)
  }

  /// Who cannot serve the rate, with what it can; nil where all can.
  package func overloaded(_ capacities: [String: Double]) -> (framework: String, capacity: Double)? {
    guard let slowest = capacities.min(by: { $0.value < $1.value }) else { return nil }
    return rate(capacities) > slowest.value || rate(capacities) < 1
      ? (framework: slowest.key, capacity: slowest.value) : nil
  }

  /// About 180 segments of a soak, each of whole seconds, so that a long one has no more records than can be looked at, and a
  /// short one enough to see a slope.
  package var segment: Duration {
    let seconds = duration.inSeconds
    let usual = min(max(seconds / 180, 5), 60)
    return .seconds(Int(max(1, min(usual, seconds / 20).rounded(.down))))
  }

  package func plan(_ capacities: [String: Double]) -> SoakPlan {
    SoakPlan(
      scenario: scenario, ratePerSecond: rate(capacities), durationS: duration.inSeconds, segmentS: segment.inSeconds,
      isTogether: isTogether, capacityShare: rate == nil ? Self.share : nil, capacities: capacities)
  }
}
