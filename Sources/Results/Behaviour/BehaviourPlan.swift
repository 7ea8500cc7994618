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

  /// The command that makes such runs, without `make`.
  package var command: String { curve != nil ? "curve" : soak != nil ? "soak" : "faults" }

  /// Why it cannot be; nil where it can.
  package var implausibility: String? {
    func isLength(_ seconds: Double) -> Bool { seconds > 0 && seconds < 1e9 }
    if let curve {
      if !(1...10_000).contains(curve.rounds) { return "a curve of \(curve.rounds) rounds" }
      let lengths = [curve.windowS, curve.rateWindowS, curve.timeLimitS, curve.latencyLimitMs]
      if let bad = lengths.first(where: { !isLength($0) }) { return "a window or limit of \(bad)" }
      let values = curve.levels.values.flatMap { $0.map(\.value) } + [curve.rateConnections]
      if let bad = values.first(where: { !(1...1_000_000).contains($0) }) { return "a level of load of \(bad)" }
    }
    if let soak {
      if !(soak.ratePerSecond > 0 && soak.ratePerSecond < 1e9) { return "\(soak.ratePerSecond) requests a second" }
      if let bad = [soak.durationS, soak.segmentS].first(where: { !isLength($0) }) { return "a soak of \(bad) s" }
    }
    if let faults {
      if !(1...10_000).contains(faults.trials) { return "\(faults.trials) trials of each fault" }
      let lengths = [faults.beforeS, faults.lastsS, faults.quietS, faults.limitS]
      if let bad = lengths.first(where: { !($0 >= 0 && $0 < 1e9) }) { return "a fault of \(bad) s" }
    }
    return nil
  }
}
