import SyntheticResults
import Testing

@testable import Results

@Suite struct BehaviourPlanTests {
  private static let curve = SyntheticRun.curve().0.behaviour!.curve!
  private static let soak = SoakPlan(scenario: "ping", ratePerSecond: 100, durationS: 60, segmentS: 5)
  private static let faults = FaultPlan(
    faults: [.bodyCut], trials: 1, beforeS: 1, lastsS: 0, quietS: 1, limitS: 10)

  @Test func `plans of real runs are plausible`() {
    for plan in [
      BehaviourPlan(curve: Self.curve), BehaviourPlan(soak: Self.soak), BehaviourPlan(faults: Self.faults),
    ] {
      #expect(plan.implausibility == nil)
    }
    #expect(BehaviourPlan(soak: Self.soak).command == "soak")
  }

  /// A report of them would take for ever, or could not be made.
  @Test func `what no run can have is named`() {
    var (curve, soak, faults) = (Self.curve, Self.soak, Self.faults)
    curve.rounds = 0
    soak.segmentS = -1
    faults.trials = .max
    #expect(BehaviourPlan(curve: curve).implausibility == "a curve of 0 rounds")
    #expect(BehaviourPlan(soak: soak).implausibility == "a soak of -1.0 s")
    #expect(BehaviourPlan(faults: faults).implausibility == "\(Int.max) trials of each fault")
    curve = Self.curve
    curve.latencyLimitMs = .nan
    soak = Self.soak
    soak.ratePerSecond = 0
    #expect(BehaviourPlan(curve: curve).implausibility == "a window or limit of nan")
    #expect(BehaviourPlan(soak: soak).implausibility == "0.0 requests a second")
    var manifest = SyntheticRun.complete.manifest
    manifest.behaviour = BehaviourPlan(curve: curve)
    #expect(manifest.implausibility == "a window or limit of nan")
  }
}
