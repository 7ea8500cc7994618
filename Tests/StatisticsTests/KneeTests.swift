import Foundation
import Statistics
import TestSupport
import Testing

/// The highest rate that is held, of rounds whose answer is known.
@Suite struct KneeTests {
  private static let criterion = KneeCriterion(latencyMs: 50, servedShare: 0.99)

  private static func rates(_ figures: [(Double, Double?)], served: Double = 1) -> [OfferedRate] {
    figures.map { OfferedRate(perSecond: $0, p99Ms: $1, servedShare: served) }
  }

  private static func round(_ figures: [(Double, Double?)]) -> RoundKnee? { RoundKnee(rates(figures), criterion) }

  @Test func `a knee lies between the last rate that holds and the first that does not`() throws {
    // Half way in the logarithm: 25 ms and 100 ms around 50 ms.
    #expect(Self.round([(100, 5), (400, 25), (900, 100)]) == .within(600, holds: 400, fails: 900))
  }

  @Test func `a rate of which too little is served does not hold, however fast the rest is`() throws {
    let rates = [
      OfferedRate(perSecond: 100, p99Ms: 5, servedShare: 1),
      OfferedRate(perSecond: 400, p99Ms: 5, servedShare: 0.98),
    ]
    #expect(RoundKnee(rates, Self.criterion) == .within(200, holds: 100, fails: 400))
  }

  @Test func `whichever limit is met first decides`() throws {
    let rates = [
      OfferedRate(perSecond: 100, p99Ms: 25, servedShare: 1),
      OfferedRate(perSecond: 400, p99Ms: 400, servedShare: 0.98),
    ]
    // By latency a quarter of the way, by what is served half of it.
    guard case .within(let knee, 100, 400) = RoundKnee(rates, Self.criterion) else {
      Issue.record("no knee")
      return
    }
    #expect(abs(knee - 100 * pow(4, 0.25)) < 1e-9)
  }

  @Test func `a low rate that was disturbed does not hide the knee above it`() {
    #expect(
      Self.round([(100, 80), (200, 10), (400, 25), (900, 100)]) == .within(600, holds: 400, fails: 900))
  }

  @Test func `where all rates hold, or none does, the knee is known on one side`() {
    #expect(Self.round([(100, 5), (400, 25)]) == .atLeast(400, isLimitedByGenerator: false))
    #expect(Self.round([(100, 60), (400, 90)]) == .below(100))
    #expect(RoundKnee([], Self.criterion) == nil)
  }

  @Test func `a rate at which nothing was answered fails, and says nothing of what lies before it`() {
    #expect(Self.round([(100, 5), (400, nil)]) == .within(100, holds: 100, fails: 400))
  }

  @Test func `a rate at which the generator was the limit makes no knee`() {
    var rates = Self.rates([(100, 5), (400, 25), (900, 100)])
    rates[2].isLimitedByGenerator = true
    #expect(RoundKnee(rates, Self.criterion) == .atLeast(400, isLimitedByGenerator: true))
    rates[0].p99Ms = 60
    rates[1].p99Ms = 70
    rates[0].isLimitedByGenerator = true
    #expect(RoundKnee(rates, Self.criterion) == .below(400))
    rates[1].isLimitedByGenerator = true
    #expect(RoundKnee(rates, Self.criterion) == .atLeast(0, isLimitedByGenerator: true))
  }

  @Test func `a rate that failed because the generator was late leaves the knee to the rates around it`() throws {
    var rates = Self.rates([(100, 25), (200, 900), (400, 100), (900, 400)])
    rates[1].isLimitedByGenerator = true
    #expect(RoundKnee(rates, Self.criterion) == .within(200, holds: 100, fails: 400))
    rates[0].p99Ms = 60
    rates[0].isLimitedByGenerator = true
    #expect(RoundKnee(rates, Self.criterion) == .below(400))
  }

  @Test func `the interval of a knee is never narrower than the steps around it`() throws {
    // Rounds that agree to the last digit know no more than that it lies between two rates.
    let rounds = [RoundKnee](repeating: .within(600, holds: 400, fails: 900), count: 5)
    guard case .known(let knee, let interval, rounds: 5) = Knee(rounds) else {
      Issue.record("no knee")
      return
    }
    #expect(abs(knee - 600) < 1e-9 && abs(interval.low - 400) < 1e-9 && abs(interval.high - 900) < 1e-9)
  }

  @Test func `where rounds scatter further than the steps, the interval is that of Student's t`() throws {
    let rounds = [500.0, 600, 720].map { RoundKnee.within($0, holds: $0 * 0.99, fails: $0 * 1.01) }
    guard case .known(let knee, let interval, rounds: 3) = Knee(rounds) else {
      Issue.record("no knee")
      return
    }
    // ln 1.2 apart: a standard error of 0.1823 / √3, and t = 4.303 with two degrees of freedom.
    #expect(abs(knee - 600) < 1e-9)
    #expect(abs(interval.low - 600 * exp(-4.3027 * 0.18232 / 3.squareRoot())) < 0.1)
    #expect(abs(interval.high - 600 * exp(4.3027 * 0.18232 / 3.squareRoot())) < 0.3)
  }

  @Test func `one round that is open on a side leaves the whole open`() {
    let known = RoundKnee.within(600, holds: 400, fails: 900)
    #expect(
      Knee([known, .atLeast(900, isLimitedByGenerator: false)]) == .atLeast(600, isLimitedByGenerator: false))
    #expect(Knee([.below(900), .below(400)]) == .below(600))
    #expect(Knee([]) == nil)
  }

  @Test func `rounds with a limited generator are left out, and decide where they are half`() throws {
    let (known, limited) = (
      RoundKnee.within(600, holds: 400, fails: 900), RoundKnee.atLeast(400, isLimitedByGenerator: true)
    )
    guard case .known(_, _, rounds: 2) = Knee([known, limited, known]) else {
      Issue.record("no knee")
      return
    }
    #expect(Knee([known, limited]).map { if case .atLeast(_, true) = $0 { true } else { false } } == true)
  }

  // MARK: Against queueing theory

  /// 200 a second at the most.
  private static let queue = DeterministicQueue(service: 0.005)

  @Test(arguments: [0.1, 0.5, 0.8, 0.9])
  func `simulated waits are those of Pollaczek and Khinchine`(load: Double) {
    let rate = load / Self.queue.service
    let latencies = Self.queue.latencies(400_000, perSecond: rate, seed: 1)
    let mean = latencies.reduce(0, +) / Double(latencies.count)
    let expected = Self.queue.meanLatency(perSecond: rate)
    #expect(abs((mean - 0.005) / (expected - 0.005) - 1) < 0.05, "\(mean) s for \(expected) s")
    let p99 = latencies.sorted()[latencies.count * 99 / 100]
    let theory = Self.queue.latency(percentile: 99, perSecond: rate)
    #expect(abs(p99 / theory - 1) < 0.05, "\(p99) s for \(theory) s")
  }

  @Test func `the knee of a simulated queue is that of theory`() throws {
    let rounds = (1...8).compactMap { round in
      RoundKnee(
        [10, 25, 50, 65, 75, 85, 95, 105, 120].map { percent in
          let rate = Double(percent) / 100 / Self.queue.service
          let latencies = Self.queue.latencies(20_000, perSecond: rate, seed: UInt64(round * 1000 + percent)).sorted()
          // Beyond its capacity it serves no more than that.
          return OfferedRate(
            perSecond: rate, p99Ms: latencies[latencies.count * 99 / 100] * 1000,
            servedShare: min(1, 100 / Double(percent)))
        }, Self.criterion)
    }
    guard case .known(let knee, let interval, rounds: 8) = Knee(rounds) else {
      Issue.record("no knee: \(rounds)")
      return
    }
    let theory = Self.queue.knee(p99: 0.05)
    #expect(abs(knee / theory - 1) < 0.05, "\(knee) a second for \(theory)")
    #expect(interval.contains(theory))
  }
}
