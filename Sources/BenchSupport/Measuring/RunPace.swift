import LoadEngine

/// How long steps take beside their plan, so that the time left is not the time hoped for.
///
/// Draining, prolonged windows and checks belong to no plan. What they added so far is expected again.
package struct RunPace {
  private var started: Instant?
  private var planned = 0.0
  private var ratio = 1.0

  package mutating func begin(_ now: Instant) {
    if started == nil { started = now }
  }

  package mutating func end(_ step: MeasuringStep, _ now: Instant) {
    guard let started else { return }
    planned += step.planned.inSeconds
    guard planned > 0 else { return }
    ratio = max(1, Double(now.nanoseconds(since: started)) * 1e-9 / planned)
  }

  /// In seconds.
  package func left(_ plan: Duration) -> Double { plan.inSeconds * ratio }
}
