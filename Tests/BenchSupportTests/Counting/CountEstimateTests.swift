import Results
import Testing

@testable import BenchSupport

@Suite struct CountEstimateTests {
  @Test("What a worker does by itself and what connections take are taken off")
  func subtracted() {
    var estimate = CountEstimate(
      exchanges: 10, connections: 2, idle: CallgrindTotals(instructions: 1_000, systemCalls: 10),
      connection: CallgrindTotals(instructions: 700, systemCalls: 7))
    // 2 s of idling, two connections, and ten exchanges of 100 instructions and 3 calls.
    estimate.add(
      CallgrindTotals(instructions: 2_000 + 1_400 + 1_000, systemCalls: 20 + 14 + 30), seconds: 2, inLoads: 1)
    estimate.add(
      CallgrindTotals(instructions: 500 + 1_400 + 1_000, systemCalls: 5 + 14 + 30), seconds: 0.5, inLoads: 0.4)
    let figures = estimate.figures(fewest: 2)
    #expect(figures?.instructions == CountedFigure(starts: [100], halfWidth: 0, batches: 2))
    #expect(figures?.systemCalls == CountedFigure(starts: [3], halfWidth: 0, batches: 2))
  }

  @Test("A worker that is in the middle of an exchange does not look at the clock")
  func blocked() {
    let nothing = CallgrindTotals(instructions: 0, systemCalls: 0)
    var estimate = CountEstimate(
      exchanges: 1, connections: 1, idle: CallgrindTotals(instructions: 1_000, systemCalls: 10), connection: nothing)
    // 5 s, of which the exchange takes 4.8: 0.2 s of idling, and what was due when it ended.
    for _ in 0..<2 {
      estimate.add(CallgrindTotals(instructions: 90_000 + 300, systemCalls: 4 + 3), seconds: 5, inLoads: 4.8)
    }
    #expect(abs((estimate.figures(fewest: 2)?.instructions.value ?? 0) - 90_000) < 1)
    #expect(abs((estimate.figures(fewest: 2)?.systemCalls.value ?? 0) - 4) < 0.01)
  }

  private func estimate(_ batches: [Double]) -> CountEstimate {
    let nothing = CallgrindTotals(instructions: 0, systemCalls: 0)
    var estimate = CountEstimate(exchanges: 1, connections: 0, idle: nothing, connection: nothing)
    for figure in batches {
      estimate.add(CallgrindTotals(instructions: figure, systemCalls: 1), seconds: 1, inLoads: 1)
    }
    return estimate
  }

  @Test("The interval is Student's: three batches are known where it is within 0.2 %")
  func interval() {
    // t(2, 0.975) = 4.303, and 4.303 / √3 = 2.484: 0.08 times that is 0.199.
    #expect(estimate([99.92, 100, 100.08]).isKnown(fewest: 3))
    #expect(!estimate([99.91, 100, 100.09]).isKnown(fewest: 3))
    #expect(!estimate([]).isKnown(fewest: 2) && !estimate([100]).isKnown(fewest: 2))
  }

  @Test("Batches before those that agree do not count, and where none agree the latest do")
  func agreeing() {
    let settled = estimate([103, 102, 100.01, 100, 99.99])
    #expect(settled.isKnown(fewest: 3) && settled.figures(fewest: 3)?.instructions.batches == 3)
    let unsettled = estimate([200, 100, 110, 100, 110, 100, 110]).figures(fewest: 3)?.instructions
    #expect(unsettled?.value == 105 && unsettled?.batches == 6)
  }

  @Test("Of what is hardly done, less than nothing is nothing")
  func negative() {
    #expect(CountedFigure(start: [-2, 0])?.value == 0)
    #expect(CountedFigure(start: [1]) == nil)
  }
}

@Suite struct CallgrindTests {
  private let status = """
    instrumentation: on
    executed-bbs: 81959
    distinct-contexts: 1738
    events: Ir sysCount sysTime
    part: 0
    threads: 2
    current-tid: 1
    events-1: 391225 47 100
    frames-1: 39
    function-1-0: uv_run
    calls-1-0: 7
    events-1-0: 240579 19
    events-2: 1000
    frames-2: 0
    """

  @Test("The threads of a process are added up, and the functions in their stacks are not")
  func threads() {
    #expect(CallgrindTotals(status: status) == CallgrindTotals(instructions: 392_225, systemCalls: 47))
  }

  @Test(
    "What says nothing of instructions and system calls is no count",
    arguments: ["", "1 thread(s) running.", "events: Ir sysCount", "events: Ir\nevents-1: 5", "events-1: 5 1"])
  func nothing(text: String) {
    #expect(CallgrindTotals(status: text) == nil)
  }
}
