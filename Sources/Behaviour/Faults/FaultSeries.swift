import Results

/// What ended under load, from look to look, and what that says about a fault: a pure value. Its instants are seconds since
/// the load's window began.
package struct FaultSeries: Equatable, Sendable {
  package struct Look: Equatable, Sendable {
    /// When it was looked; what it found ended since the look before.
    package var atS: Double
    package var verified: Int
    package var errors: Int

    package init(_ atS: Double, verified: Int = 0, errors: Int = 0) {
      (self.atS, self.verified, self.errors) = (atS, verified, errors)
    }
  }

  /// In the order of their instants.
  package private(set) var looks: [Look] = []

  package init(_ looks: [Look] = []) { self.looks = looks }

  package mutating func add(_ look: Look) { looks.append(look) }

  /// Those after an instant, up to another one.
  private func looks(from startS: Double, to endS: Double = .infinity) -> some Sequence<Look> {
    looks.lazy.filter { $0.atS > startS && $0.atS <= endS }
  }

  package func errors(from startS: Double, to endS: Double = .infinity) -> Int {
    looks(from: startS, to: endS).reduce(0) { $0 + $1.errors }
  }

  package func verified(from startS: Double, to endS: Double = .infinity) -> Int {
    looks(from: startS, to: endS).reduce(0) { $0 + $1.verified }
  }

  package func perSecond(from startS: Double, to endS: Double) -> Double {
    endS > startS ? Double(verified(from: startS, to: endS)) / (endS - startS) : 0
  }

  package func firstError(from startS: Double) -> Double? { looks(from: startS).first { $0.errors > 0 }?.atS }

  package func lastError(from startS: Double) -> Double? { looks.last { $0.atS > startS && $0.errors > 0 }?.atS }

  /// The first verified response after the last error. What one look found of both has no order, so it is a later look; nil
  /// where there was no error, or nothing verified after it.
  package func recovery(from startS: Double) -> Double? {
    lastError(from: startS).flatMap { last in looks(from: last).first { $0.verified > 0 }?.atS }
  }

  /// The longest time in which nothing was verified.
  package func longestGap(from startS: Double, to endS: Double) -> Double {
    let instants = looks(from: startS, to: endS).filter { $0.verified > 0 }.map(\.atS)
    return zip([startS] + instants, instants + [endS]).map { $1 - $0 }.max() ?? 0
  }

  /// Whether responses were verified and nothing failed.
  package func isSound(from startS: Double, to endS: Double) -> Bool {
    errors(from: startS, to: endS) == 0 && verified(from: startS, to: endS) > 0
  }

  /// Whether nothing more is to be learnt: the server has been well for long enough, or its time is over.
  ///
  /// - Parameter isWhole: whether all its processes are there.
  package func isDecided(
    at nowS: Double, faultEndedS: Double, perSecondBefore: Double, isWhole: Bool, _ plan: FaultPlan
  )
    -> Bool
  {
    if nowS >= faultEndedS + plan.limitS { return true }
    guard isWhole, nowS >= faultEndedS + plan.quietS else { return false }
    let start = nowS - plan.quietS
    return isSound(from: start, to: nowS)
      && perSecond(from: start, to: nowS) >= perSecondBefore * Self.shareOfBefore
  }

  /// A machine whose processors start a worker anew serves less meanwhile.
  private static let shareOfBefore = 0.7

  /// In slices of a tenth of a second, up to an instant; each is named by its beginning.
  package func slices(to endS: Double) -> [FaultTrial.Slice] {
    var slices: [Int: FaultTrial.Slice] = [:]
    for look in looks(from: 0, to: endS) {
      let place = Int((look.atS * 10).rounded(.down))
      slices[place, default: .init(atS: Double(place) / 10, verified: 0, errors: 0)].verified += look.verified
      slices[place]?.errors += look.errors
    }
    return slices.values.sorted { $0.atS < $1.atS }
  }
}
