import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Reports
import Testing

extension Exclusive.ParityTests {
  @Test(.selected(.html)) func html() async throws {
    try await Comparison.of(.html) { all in
      let page = try all.fixture("payloads/page.html")
      #expect(page.contains("<h1") && page.components(separatedBy: "<li").count == 51)
      let headers: [String: HeaderRule] = [
        "content-type": .exactly("text/html; charset=utf-8"), "content-length": .exactly("\(page.utf8.count)"),
      ]
      let answer = Answer(200, headers, .whole(page))
      all.check(HTTPRequest("GET", "/html"), answer, times: 2)
      all.check(.compressible("/html"), answer.uncompressed)
    }
  }
}
