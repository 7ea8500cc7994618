import BenchTesting
import Foundation
import Stack
import Testing

@testable import BenchSupport

@Suite struct SystemCallTraceTests {
  @Test("Names and counts are read from the summary; its head, rules and sum are none")
  func summary() {
    let text = """
          calls syscall
      --------- ----------------
            120 epoll_wait
             40 sendto
              1 exit_group
      --------- ----------------
            161 total

      """
    #expect(SystemCallTrace.calls(inSummary: text) == ["epoll_wait": 120, "sendto": 40, "exit_group": 1])
    #expect(SystemCallTrace.calls(inSummary: "").isEmpty)
  }
}

extension Exclusive.BenchSupportTests {
  @Suite struct TracedProcessTests {
    @Test("A process that is gone cannot be traced, and the reason is strace's")
    func gone() throws {
      guard let strace = ProgramSearch(environment: ["PATH": "/usr/bin:/bin"]).program("strace") else {
        print("not tested: \(SystemCallTrace.missing)")
        return
      }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/true")
      try process.run()
      process.waitUntilExit()
      let trace = SystemCallTrace(strace, process.processIdentifier, .none)
      let error = #expect(throws: NotCounted.self) { try trace.calls { Issue.record("it is not attached") } }
      #expect(error?.reason.contains("No such process") == true, "\(String(describing: error))")
    }
  }
}
