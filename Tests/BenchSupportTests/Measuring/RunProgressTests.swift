import BenchTesting
import Foundation
import LoadEngine
import Results
import Synchronization
import SyntheticResults
import TestSupport
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  @Suite struct RunProgressTests {
    private static func step(_ phase: MeasuringStep.Phase, after: Duration = .seconds(60)) -> MeasuringStep {
      MeasuringStep(
        scenario: "html", framework: "sanic", phase: phase, position: 2, place: 4, places: 14, unit: "requests",
        planned: .seconds(1000), plannedAfter: after)
    }

    private static func evidence() -> Round {
      SyntheticRun.round("html", "sanic", 2, perSecond: 100)
    }

    @Test("Where nobody looks at a terminal, each step leaves a plain line")
    func plain() {
      let lines = Mutex<[String]>([])
      let progress = RunProgress(terminal: nil) { line in lines.withLock { $0.append(line) } }
      progress.begin(RunProgressTests.step(.warmUp), LoadMonitor())
      progress.end(RunProgressTests.step(.warmUp), nil)
      progress.begin(RunProgressTests.step(.round(2, of: 5)), LoadMonitor())
      var figures = RunProgressTests.evidence()
      figures.load.errors = ["timeout": 3]
      progress.end(RunProgressTests.step(.round(2, of: 5)), figures)
      let seen = lines.withLock { $0 }
      #expect(seen.count == 2)
      #expect(seen.first == "[4/14] html  warm-up  sanic")
      #expect(seen.last?.hasPrefix("[4/14] html  round 2/5  sanic  ") == true)
      #expect(seen.last?.hasSuffix(" requests/s, 3 errors  1:00 left") == true)
    }

    @Test("What is left is no more than the run may still take")
    func limited() {
      let lines = Mutex<[String]>([])
      let progress = RunProgress(terminal: nil, end: .now()) { line in lines.withLock { $0.append(line) } }
      progress.begin(RunProgressTests.step(.round(2, of: 5)), LoadMonitor())
      progress.end(RunProgressTests.step(.round(2, of: 5)), RunProgressTests.evidence())
      #expect(lines.withLock { $0 }.last?.hasSuffix(" requests/s") == true)
    }

    @Test("Scenarios share the time that is left when they begin, by the length of their rounds")
    func budget() {
      let start = Instant(nanoseconds: 5_000_000_000)
      func second(_ second: Int) -> Instant { start + .seconds(second) }
      let budget = TimeBudget(.seconds(100), from: start)
      #expect(budget.end(from: start, weight: 1, following: 3) == second(25))
      #expect(budget.end(from: start, weight: 2, following: 3) == second(40))
      #expect(budget.end(from: second(60), weight: 1, following: 1) == second(80))
      #expect(budget.end(from: second(60), weight: 1, following: 0) == second(100))
      #expect(budget.end(from: second(120), weight: 1, following: 1) == second(120), "nothing is left")
    }

    @Test("On a terminal one line runs along, is cut to the width and taken away at the end", .timeLimit(.minutes(1)))
    func running() throws {
      let pipe = Foundation.Pipe()
      let terminal = TerminalLine(descriptor: pipe.fileHandleForWriting.fileDescriptor)
      let lines = Mutex<[String]>([])
      let progress = RunProgress(terminal: terminal) { line in lines.withLock { $0.append(line) } }
      let step = RunProgressTests.step(.round(2, of: 5))
      progress.begin(step, LoadMonitor())
      var seen = ""
      while !seen.contains(" left") {
        seen += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
      }
      progress.end(step, RunProgressTests.evidence())
      while !seen.hasSuffix("\r\u{1B}[K") {
        seen += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
      }
      #expect(seen.contains("[4/14] html  round 2/5  sanic  0 requests/s  17:40 left\r"))
      #expect(lines.withLock { $0 }.isEmpty)
      terminal.show(String(repeating: "x", count: 200))
      let long = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
      #expect(long.filter { $0 == "x" }.count == 78 && long.contains("x…\r"))
    }

    @Test("What steps take beyond their plan is expected of the rest")
    func pace() {
      var pace = RunPace()
      let begun = Instant.now()
      pace.begin(begun)
      #expect(pace.left(.seconds(10)) == 10)
      pace.end(RunProgressTests.step(.warmUp), begun + .seconds(1500))
      #expect(pace.left(.seconds(10)) == 15)
      var fast = RunPace()
      fast.begin(begun)
      fast.end(RunProgressTests.step(.warmUp), begun + .seconds(500))
      #expect(fast.left(.seconds(10)) == 10, "a plan is never undercut: windows last as long as they last")
    }
  }
}
