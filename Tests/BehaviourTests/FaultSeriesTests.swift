import BenchSupport
import Results
import Testing

@testable import Behaviour

/// What looks at a load say about a fault.
@Suite struct FaultSeriesTests {
  /// The fault begins at 1.0 and its errors end at 1.3.
  private let series = FaultSeries([
    .init(0.5, verified: 50), .init(1.0, verified: 50), .init(1.1, errors: 3), .init(1.2, verified: 2, errors: 1),
    .init(1.3, errors: 4), .init(1.4, verified: 5), .init(2.4, verified: 100),
  ])

  @Test func `recovery is the first verified response in a look after the last error`() {
    #expect(series.firstError(from: 1) == 1.1)
    #expect(series.lastError(from: 1) == 1.3)
    #expect(series.recovery(from: 1) == 1.4)
  }

  @Test func `what one look found of errors and responses has no order, so the next look tells`() {
    let series = FaultSeries([.init(1.1, verified: 9, errors: 1), .init(1.2, verified: 9)])
    #expect(series.recovery(from: 1) == 1.2)
  }

  @Test func `without an error there is nothing to recover from`() {
    let series = FaultSeries([.init(0.9, errors: 1), .init(1.5, verified: 9)])
    #expect(series.lastError(from: 1) == nil && series.recovery(from: 1) == nil)
  }

  @Test func `a server that verifies nothing more has not recovered`() {
    let series = FaultSeries([.init(0.9, verified: 9), .init(1.5, errors: 1)])
    #expect(series.recovery(from: 1) == nil)
    #expect(!series.isSound(from: 1.6, to: 3))
  }

  @Test func `the longest gap is that between verified responses, its ends included`() {
    #expect(abs(series.longestGap(from: 1, to: 2.5) - 1) < 1e-9)
    #expect(FaultSeries([.init(1.2, verified: 1)]).longestGap(from: 1, to: 3) == 1.8)
    #expect(FaultSeries().longestGap(from: 1, to: 3) == 2)
  }

  @Test func `figures of a part count what ended after its beginning and up to its end`() {
    #expect(series.verified(from: 0, to: 1) == 100)
    #expect(series.perSecond(from: 0, to: 1) == 100)
    #expect(series.errors(from: 1, to: 1.2) == 4)
    #expect(series.perSecond(from: 2, to: 2) == 0)
  }

  private let plan = FaultPlan(faults: [.workerKilled], trials: 1, beforeS: 1, lastsS: 1, quietS: 1, limitS: 10)

  @Test func `a trial is over when it was quiet for long enough, everybody is there and throughput is back`() {
    func isDecided(_ nowS: Double, isWhole: Bool = true, before: Double = 100) -> Bool {
      series.isDecided(at: nowS, faultEndedS: 1, perSecondBefore: before, isWhole: isWhole, plan)
    }
    #expect(!isDecided(1.9))
    #expect(!isDecided(2.2), "an error was less than a second ago")
    #expect(isDecided(2.4))
    #expect(!isDecided(2.4, isWhole: false), "a process is missing")
    #expect(!isDecided(2.4, before: 200), "it serves half of what it did before")
    #expect(isDecided(11, isWhole: false, before: 200), "its time is over")
  }

  @Test func `slices are tenths of a second, named by their beginning, and what is before the window is in none`() {
    let series = FaultSeries([
      .init(-0.1, verified: 5), .init(0.02, verified: 1), .init(0.08, errors: 2), .init(0.31, verified: 3),
      .init(9, verified: 4),
    ])
    #expect(
      series.slices(to: 1) == [
        .init(atS: 0, verified: 1, errors: 2), .init(atS: 0.3, verified: 3, errors: 0),
      ])
  }

  @Test(arguments: Profile.allCases)
  func `every profile has trials, and time to see a recovery`(profile: Profile) {
    let plan = FaultPlan(profile)
    #expect(plan.trials >= 1 && plan.beforeS > 0 && plan.lastsS > 0 && plan.quietS < plan.limitS)
    #expect(plan.faults == InjectedFault.allCases)
  }
}
