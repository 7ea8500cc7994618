import BenchSupport
import BenchTesting
import LoadEngine
import Reports
import Testing

extension Exclusive.ParityTests {
  @Test(.selected(.path)) func path() async throws {
    try await Comparison.of(.path) { all in
      for id in [42, 0, Int.max] + (0..<5).map({ _ in all.input.integer(0...Int.max) }) {
        all.check(HTTPRequest("GET", "/user/\(id)"), user(id), times: 2)
      }
      let id = all.input.integer(1...999_999)
      all.check(HTTPRequest("GET", "/user/00\(id)"), user(id))
      all.check(HTTPRequest("GET", "/user/%34%32"), user(42), difference: .percentEncodedPath)

      all.check(HTTPRequest("GET", "/user/abc"), Answer(404), difference: .nonIntegerID)
      all.check(HTTPRequest("GET", "/user/x\(all.input.word())"), Answer(404), difference: .nonIntegerID)
      all.check(HTTPRequest("GET", "/user/-1"), Answer(404), difference: .negativeID)
      all.check(HTTPRequest("GET", "/user/4%2F2"), Answer(404))
    }
  }

  private func user(_ id: Int) -> Answer {
    .json(#"{"id":\#(id),"name":"user-\#(id)"}"#)
  }
}
