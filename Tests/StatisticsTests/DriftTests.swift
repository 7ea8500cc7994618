import Foundation
import SeededRandom
import TestSupport
import Testing

@testable import Statistics

/// What goes up with what is done, and what only looks like it.
@Suite struct DriftTests {
  private static func points(_ figures: [Double], each done: Double = 1) -> [Drift.Point] {
    figures.enumerated().map { Drift.Point(done: Double($0.offset + 1) * done, figure: $0.element) }
  }

  /// Normal figures of which each remembers a part of the one before.
  private static func remembering(_ memory: Double, _ count: Int, _ random: inout SplitMix64) -> [Double] {
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } }
    var last = normal() / (1 - memory * memory).squareRoot()
    return (0..<count).map { _ in
      last = memory * last + normal()
      return last
    }
  }

  /// How often the interval of a series without a drift holds zero.
  private static func coverage(memory: Double, points count: Int, trials: Int = 1000) throws -> Proportion {
    var random = SplitMix64(seed: 11)
    var holds = 0
    for _ in 0..<trials {
      let drift = try Drift([points(remembering(memory, count, &random).map { 100 + $0 })])
      if drift.interval().contains(0) { holds += 1 }
    }
    return Proportion(holds, of: trials)
  }

  @Test(arguments: [(0.0, 36), (0.0, 180), (0.5, 180), (0.8, 270)])
  func `the interval of a constant holds zero in 95 of 100 series, also of one that remembers`(
    _ memory: Double, _ count: Int
  ) throws {
    let coverage = try Self.coverage(memory: memory, points: count)
    #expect(coverage.interval(confidence: 0.99).high > 0.94)
    #expect(coverage.interval(confidence: 0.99).low < 0.965)
  }

  @Test(arguments: [(0.5, 36), (0.8, 180)])
  func `of a short series that remembers for long it holds zero in 9 of 10`(_ memory: Double, _ count: Int) throws {
    #expect(try Self.coverage(memory: memory, points: count).interval(confidence: 0.99).high > 0.92)
  }

  /// What an ordinary regression would make of the same series.
  @Test func `independent points would be wrong in half of the series that remember`() throws {
    var random = SplitMix64(seed: 11)
    var holds = 0
    for _ in 0..<500 {
      let figures = Self.remembering(0.8, 135, &random)
      let places = figures.indices.map(Double.init)
      let (x, y) = (places.mean ?? 0, figures.mean ?? 0)
      let squares = places.reduce(0) { $0 + ($1 - x) * ($1 - x) }
      let slope = zip(places, figures).reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) } / squares
      let rest = zip(places, figures).reduce(0) { $0 + pow($1.1 - y - slope * ($1.0 - x), 2) }
      if abs(slope) < 1.98 * (rest / 133 / squares).squareRoot() { holds += 1 }
    }
    #expect(holds < 300)
  }

  @Test func `a true slope is found, and its interval holds it in 95 of 100`() throws {
    var random = SplitMix64(seed: 3)
    var (holds, rises) = (0, 0)
    for _ in 0..<1000 {
      let noise = Self.remembering(0.5, 180, &random)
      let drift = try Drift([Self.points(noise.enumerated().map { 80 + 0.1 * Double($0.offset) + $0.element })])
      if drift.interval().contains(0.1) { holds += 1 }
      if drift.isRising { rises += 1 }
    }
    #expect(Proportion(holds, of: 1000).interval(confidence: 0.99).contains(0.95))
    #expect(rises > 990)
  }

  @Test func `a line without noise is its own slope`() throws {
    let drift = try Drift([Self.points((0..<40).map { 3 + 0.5 * Double($0) }, each: 2)])
    #expect(isClose(drift.slope, 0.25, within: 1e-12))
    #expect(isClose(drift.medianSlope, 0.25, within: 1e-12))
    #expect(drift.standardError < 1e-12)
    #expect(drift.points == 30)
    #expect(drift.isRising)
  }

  @Test func `a constant has no slope at all`() throws {
    let drift = try Drift([Self.points(Array(repeating: 53, count: 40))])
    #expect(drift.interval() == ConfidenceInterval(low: 0, high: 0, confidence: 0.95))
    #expect(!drift.isRising)
  }

  @Test(arguments: [0, 5, 12, 20, 30])
  func `a step at the beginning is no drift`(_ step: Int) throws {
    var random = SplitMix64(seed: UInt64(step))
    let figures = Self.remembering(0.5, 60, &random).enumerated().map { $0.element + ($0.offset < step ? 80 : 110) }
    #expect(try !Drift([Self.points(figures)]).isRising)
  }

  @Test(arguments: [5.0, 15, 30])
  func `what warms up and levels off is no drift`(_ length: Double) throws {
    var random = SplitMix64(seed: 9)
    let figures = Self.remembering(0.5, 180, &random).enumerated().map { index, noise in
      80 + noise + 40 * (1 - exp(-Double(index) / length))
    }
    #expect(try !Drift([Self.points(figures)]).isRising)
  }

  @Test func `a single spike pulls no slope out of the median`() throws {
    var figures = Array(repeating: 90.0, count: 60)
    figures[58] = 400
    let drift = try Drift([Self.points(figures)])
    #expect(drift.medianSlope == 0)
    #expect(!drift.isRising)
  }

  @Test func `several starts have their slope in common and levels of their own`() throws {
    let series = [(40, 80.0), (60, 200.0)].map { count, level in
      Self.points((0..<count).map { level + 0.2 * Double($0) })
    }
    let drift = try Drift(series)
    #expect(isClose(drift.slope, 0.2, within: 1e-12))
    #expect(drift.points == 75)
    #expect(drift.degreesOfFreedom == 11)
  }

  @Test func `a start that is too short says nothing beside one that is long enough`() throws {
    let long = Self.points((0..<40).map { 80 + 0.2 * Double($0) })
    let short = Self.points([300, 100, 10])
    #expect(try Drift([long, short]) == Drift([long]))
  }

  @Test func `too few points have no slope, and say how many there are`() {
    #expect(throws: Drift.Problem.tooFewPoints(found: 9, needed: 10)) {
      try Drift([Self.points(Array(repeating: 1, count: 12))])
    }
    #expect(throws: Drift.Problem.tooFewPoints(found: 0, needed: 10)) { try Drift([]) }
  }

  @Test func `a series in which nothing is done has no slope`() {
    #expect(throws: Drift.Problem.notAscending) { try Drift([Self.points(Array(repeating: 1, count: 40), each: 0)]) }
    #expect(throws: Drift.Problem.notAscending) {
      try Drift([Self.points((0..<40).map { $0 == 30 ? .nan : 1 })])
    }
  }
}
