import BenchTesting
import Foundation
import Testing

@testable import Machine

extension Exclusive.MachineTests {
  @Suite struct OpenDescriptorsTests {
    private func sleeper() throws -> Process {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sleep")
      process.arguments = ["60"]
      try process.run()
      return process
    }

    /// It inherited from the tests that SIGTERM is blocked, and would sleep on.
    private func end(_ process: Process) {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }

    @Test("The open descriptors of a process are counted, and those of several are added")
    func count() throws {
      let processes = try (0..<2).map { _ in try sleeper() }
      defer { processes.forEach(end) }
      let members = try processes.map { try #require(ProcessStat.read($0.processIdentifier)) }
      // Standard input, output and errors are open from the start to the end.
      let counts = members.map { OpenDescriptors.count([$0]) ?? 0 }
      #expect(counts.allSatisfy { $0 >= 3 })
      #expect(OpenDescriptors.count(members) ?? 0 >= 6)
    }

    @Test("Of a process that has ended nothing is counted")
    func ended() throws {
      let process = try sleeper()
      let stat = try #require(ProcessStat.read(process.processIdentifier))
      end(process)
      #expect(OpenDescriptors.count([stat]) == 0)
    }
  }
}
