import BenchSupport
import BenchTesting
import LoadEngine
import Stack
import TestSupport
import Testing
import WireFormats

extension Exclusive.ParityTests {
  @Suite("What a parity failure says", .ofAllScenarios) struct FailureTests {
    @Test("A deviation that is not declared is told with the id under which it would be")
    func wayOut() async throws {
      let configuration = try Configuration.read(scenarios: nil)
      let stack = try await StackUnderTest.shared(configuration)
      let deviating = try configuration.targets.first { target in
        try JSONValue.object("differences", in: target.source + "/framework.json")["json-content-type"] != nil
      }
      guard let target = deviating, let server = stack[target.name] else {
        return print("skipped: what a parity failure says; no target deviates in /json")
      }
      let party = Party(
        target: target, endpoint: try Endpoint.parse(url: server.baseURL).endpoint, process: server.process,
        differences: [:])
      let way = "docker/frameworks/\(target.name)/framework.json declares it: 'json-content-type'"
      try await withKnownIssue {
        try await Comparison.$others.withValue([party]) { try await Exclusive.ParityTests().json() }
      } matching: { issue in
        issue.comments.contains { $0.rawValue.contains(way) }
      }
    }
  }
}
