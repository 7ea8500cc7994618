import BenchTesting
import Foundation
import Results
import Stack
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  /// One start and one scenario: the smallest part that shows that counting works here.
  @Suite struct CountSessionTests {
    @Test("An answer to ping is counted: what the worker executes and calls, and what goes over the wire")
    func ping() async throws {
      let configuration = try Configuration.read(scenarios: nil)
      let stack = try await StackUnderTest.shared(configuration)
      guard stack.deployment != .external, let reference = configuration.known.first(where: { $0.role == .reference }),
        stack[reference.name] != nil
      else {
        print("not tested: the reference is none of this machine's servers")
        return
      }
      let session = try CountSession(configuration, stack: stack, interrupts: .none) { print($0) }
      defer { session.end() }
      let cell = try #require(try session.count(.ping, on: [reference.name]).first)

      #expect(CountMetric.allCases.allSatisfy { cell[$0] != nil || cell.absent[$0.rawValue] != nil })
      #expect(cell[.databaseStatements]?.value ?? 0 == 0)
      let received = try #require(cell[.bytesReceived])
      #expect(received.value > Double("pong".utf8.count) && received.value < 1000 && received.halfWidth == 0)
      // A bare application: its handler once, and whole numbers of everything.
      let handler = cell.functions.filter { $0.package == "application" }
      #expect(handler.contains { $0.calls == 1 }, "\(cell.functions)")
      let called = cell.functions.filter { $0.package != FunctionCalls.kernel }
      #expect(called.allSatisfy { $0.calls == $0.calls.rounded() }, "\(called)")
      // An answer is written at once; how often the worker waits is its own affair.
      let asked = cell.functions.filter { $0.package == FunctionCalls.kernel }
      let written = asked.filter { ["write", "writev", "send", "sendto", "sendmsg"].contains($0.name) }
      let isUnnamed = cell.absent[CellCounts.systemCallNames] != nil
      #expect(isUnnamed ? asked.isEmpty : written.map(\.calls).reduce(0, +) >= 0.9, "\(asked) \(cell.absent)")
      if case .failure(let missing) = CountingPrograms.find(environment: ProcessInfo.processInfo.environment),
        cell.absent[CountMetric.instructions.rawValue] == missing.reason
      {
        return
      }
      let instructions = try #require(cell[.instructions], "\(cell.absent)")
      #expect((50_000...500_000).contains(instructions.value) && instructions.halfWidth < 0.02 * instructions.value)
      #expect(try #require(cell[.systemCalls]).value >= 2)
      #expect(cell.conditions.valgrind != nil && cell.conditions.cLibrary != "unknown")
      #expect(cell.conditions.allocator?.wholeMatch(of: /jemalloc \d+\.\d+\.\d+/) != nil, "\(cell.conditions)")

      session.end()
      #expect(leftovers(of: configuration).isEmpty)
    }

    @Test("Servers that are not the suite's are not counted, and nothing is started")
    func external() throws {
      let configuration = try Configuration.read(scenarios: nil)
      let stack = Stack(deployment: .external, python: "")
      #expect(throws: CountingError.notOurs(.external)) {
        _ = try CountSession(configuration, stack: stack, interrupts: .none) { print($0) }
      }
    }

    /// The folders of copies that are still there, of this session or another one.
    private func leftovers(of configuration: Configuration) -> [String] {
      let state = StateDirectory(of: configuration.checkout)
      let homes = (try? FileManager.default.contentsOfDirectory(atPath: state.path + "/homes")) ?? []
      return homes.filter { $0.hasSuffix("-counted") || $0.hasSuffix("-called") }
    }
  }
}
