import BenchTesting
import Foundation
import LoadEngine
import Testing

extension Exclusive.Parity {
  @Test func staticFile() async throws {
    try await Comparison.of("static") { all in
      let path = "/static/bench.bin"
      let file = try Data(contentsOf: URL(fileURLWithPath: all.fixtures + path))
      #expect(file.count == 102_400)
      let headers: [String: HeaderRule] = [
        "content-type": .exactly("application/octet-stream"), "content-length": .exactly("102400"),
      ]
      let whole = Answer(200, headers, .bytes(Array(file)))
      all.check(HTTPRequest("GET", path), whole, times: 3)
      all.check(HTTPRequest("HEAD", path), Answer(200, headers, .whole("")), difference: .headOnStatic)
      all.check(
        HTTPRequest("GET", path),
        Answer(200, ["etag": .absent, "last-modified": .absent, "cache-control": .absent]), difference: .staticCaching)
      all.check(
        HTTPRequest("GET", path, fields: [HTTPField("range", "bytes=0-9")]), whole, difference: .staticRange)

      all.check(HTTPRequest("GET", "/static/\(all.input.word()).bin"), Answer(404), times: 2)
      all.check(
        HTTPRequest("GET", "/static/../payloads/page.json"), Answer(404), difference: .staticTraversal)
      all.verify("GET of a file beside the served directory, in any spelling, shows it", is: false) { party in
        try ["../payloads/page.json", "%2e%2e/payloads/page.json", "..%2Fpayloads%2Fpage.json"].contains { path in
          try party.exchange(HTTPRequest("GET", "/static/\(path)")).status == 200
        }
      }
    }
  }
}
