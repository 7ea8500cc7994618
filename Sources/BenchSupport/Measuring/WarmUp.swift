import Results
import Statistics

/// How a target warms up: for the time that the profile says, and on until its throughput is steady.
///
/// A pure value: it is told what each part of the warm-up showed, and says whether another part is needed. Steady is what
/// `SteadyState` calls so, over all slices so far.
package struct WarmUp: Equatable {
  /// Each part of the warm-up, as long as the profile says, is looked at in so many slices.
  package static let slicesOfPart = 20
  /// Slices are averaged in pairs before the search, so that a single one decides nothing.
  private static let batch = 2

  /// Longer than so many parts nobody waits; that it was not steady is then told.
  private let mostParts: Int
  package private(set) var parts = 0
  package private(set) var seconds = 0.0
  private var slices: [Double] = []

  package init(_ profile: Profile) { mostParts = profile.warmUpParts }

  /// - Parameter verified: the exchanges verified in each slice.
  package mutating func add(verified: [Int], seconds: Double) {
    parts += 1
    self.seconds += seconds
    slices += verified.map(Double.init)
  }

  package var isSteady: Bool { SteadyState(slices, batch: WarmUp.batch) != nil }
  package var isOver: Bool { parts >= mostParts || (parts > 0 && isSteady) }

  package var figures: WarmUpFigures { WarmUpFigures(lengthS: seconds, isSteady: isSteady) }
}
