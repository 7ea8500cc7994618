/// What a run set out to see of how servers behave as load grows, lasts or fails; a part of the manifest. Such a run has no
/// rounds of cells: `timed` is false in its manifest.
public struct BehaviourPlan: Codable, Equatable, Sendable {
  public var curve: CurvePlan?
  public var soak: SoakPlan?
  public var faults: FaultPlan?

  public init(curve: CurvePlan? = nil, soak: SoakPlan? = nil, faults: FaultPlan? = nil) {
    self.curve = curve
    self.soak = soak
    self.faults = faults
  }
}
