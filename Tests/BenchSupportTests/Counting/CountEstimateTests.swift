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
    estimate.add(CallgrindTotals(instructions: 2_000 + 1_400 + 1_000, systemCalls: 20 + 14 + 30), seconds: 2)
    estimate.add(CallgrindTotals(instructions: 500 + 1_400 + 1_000, systemCalls: 5 + 14 + 30), seconds: 0.5)
    #expect(estimate.instructions == CountedFigure(starts: [100], halfWidth: 0, batches: 2))
    #expect(estimate.systemCalls == CountedFigure(starts: [3], halfWidth: 0, batches: 2))
  }

  @Test("The interval is Student's: three batches of 99, 100 and 101 are known within 2.5 %, and not within 2.4 %")
  func interval() {
    let nothing = CallgrindTotals(instructions: 0, systemCalls: 0)
    var estimate = CountEstimate(exchanges: 1, connections: 0, idle: nothing, connection: nothing)
    #expect(!estimate.isKnown(within: 1))
    for figure in [99.0, 100, 101] {
      estimate.add(CallgrindTotals(instructions: figure, systemCalls: 0), seconds: 1)
    }
    // t(2, 0.975) = 4.303, and 4.303 / √3 = 2.484.
    #expect(estimate.isKnown(within: 0.025) && !estimate.isKnown(within: 0.024))
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
