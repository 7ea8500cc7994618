import BenchTesting
import Foundation
import Testing

@testable import Machine

extension Exclusive.MachineTests {
  @Suite struct OpenDescriptorsTests {
    @Test("The open descriptors of a process are counted, and those of several are added")
    func count() throws {
      let processes = try (0..<2).map { _ in
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["60"]
        try process.run()
        return process
      }
      defer {
        for process in processes {
          process.terminate()
          process.waitUntilExit()
        }
      }
      let members = try processes.map { try #require(ProcessStat.read($0.processIdentifier)) }
      // Standard input, output and errors are open from the start to the end.
      let counts = members.map { OpenDescriptors.count([$0]) ?? 0 }
      #expect(counts.allSatisfy { $0 >= 3 })
      #expect(OpenDescriptors.count(members) ?? 0 >= 6)
    }

    @Test("Of a process that has ended nothing is counted")
    func ended() throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sleep")
      process.arguments = ["60"]
      try process.run()
      let stat = try #require(ProcessStat.read(process.processIdentifier))
      process.terminate()
      process.waitUntilExit()
      #expect(OpenDescriptors.count([stat]) == 0)
    }
  }
}
