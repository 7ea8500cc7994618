import BenchSupport
import BenchTesting
import LoadEngine
import Reports
import Testing

extension Exclusive.ParityTests {
  @Test(.selected(.json)) func json() async throws {
    try await Comparison.of(.json) { all in
      let request = HTTPRequest("GET", "/json")
      all.check(request, .json(#"{"hello":"world"}"#), times: 2)
      all.check(
        request, Answer(200, ["content-type": .exactly("application/json")]), difference: .jsonContentType)
    }
  }
}
