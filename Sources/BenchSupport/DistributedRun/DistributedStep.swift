import LoadEngine

/// Where one load meets those of other generators.
package struct DistributedStep {
  package let distributedRun: DistributedRun
  /// The same for all, such as `ping sanic round 3`.
  package let name: String
  /// How long a window this generator would like to have; all get the longest.
  package let window: Duration

  package func meet() throws -> DistributedRun.Agreement {
    try distributedRun.meet(name, maximum: window.wholeNanoseconds)
  }

  /// Once all are through.
  ///
  /// - Parameter what: is added up.
  package func sum(of count: Int, _ what: String) throws -> Int {
    try distributedRun.meet("\(name), \(what)", sum: count).sum
  }

  /// The smallest multiple of a window that sees so many exchanges end, at most `longest`.
  ///
  /// Generators cannot prolong their windows one by one, as a load on its own does: they agree beforehand.
  package static func window(_ window: Duration, perSecond: Double, exchanges: Int, atMost longest: Duration)
    -> Duration
  {
    guard perSecond > 0 else { return longest }
    let times = (Double(exchanges) / perSecond / window.inSeconds).rounded(.up)
    return max(window, min(longest, window * Int(min(times, 1_000_000))))
  }
}
