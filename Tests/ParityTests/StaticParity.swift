import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Reports
import Testing
import WireFormats

extension Exclusive.ParityTests {
  @Test(.selected(.staticFile)) func `static`() async throws {
    try await Comparison.of(.staticFile) { all in
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

      all.check(.compressible(path), whole.uncompressed)
      let later = HTTPField("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")
      all.check(HTTPRequest("GET", path, fields: [later]), whole, difference: .staticNotModified)
      all.verify("GET with the etag of the last answer, where there was one, is 304", is: true) { party in
        guard let etag = try party.exchange(HTTPRequest("GET", path))["etag"] else { return true }
        let request = HTTPRequest("GET", path, fields: [HTTPField("if-none-match", etag)])
        return try party.exchange(request).status == 304
      }
      try all.onThisMachine(asserting: .staticReads, .staticReplacedByOlder) {
        checkReads(all, path, file.count)
        try checkReplacement(all)
      }

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

  /// 40 answers, which each of four workers may have read the file for once.
  private func checkReads(_ all: Comparison, _ path: String, _ size: Int) {
    let kept = "is kept in memory"
    all.check("GET \(path) 40 times, the file", is: kept, difference: .staticReads) { party in
      let before = BytesMoved(of: party)?.read ?? 0
      for _ in 0..<40 { _ = try party.exchange(HTTPRequest("GET", path)) }
      let read = (BytesMoved(of: party)?.read ?? 0) - before
      if read < 10 * size { return kept }
      return read >= 40 * size ? "is read for every answer" : "\(read) bytes are read"
    }
  }

  /// Replaces a file of a copy that servers of their own serve, first by a newer one and then by one that is older than
  /// both, as a deployment that keeps times does.
  private func checkReplacement(_ all: Comparison) throws {
    let now = Date()
    func put(_ text: String, _ fixtures: String, modified: Date) throws {
      let path = fixtures + "/static/replaced.txt"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: path)
    }
    let copies = try ServerCopies(of: all.parties, fixtures: all.fixtures) { fixtures in
      try put("the first", fixtures, modified: now.addingTimeInterval(-600))
    }
    let request = HTTPRequest("GET", "/static/replaced.txt")
    try all.asking(copies.parties) {
      all.check(request, Answer(200, [:], .whole("the first")), times: 2)
      try put("the second, newer", copies.fixtures, modified: now.addingTimeInterval(-60))
      all.check(request, Answer(200, [:], .whole("the second, newer")), times: 2)
      try put("the third, older", copies.fixtures, modified: now.addingTimeInterval(-3600))
      all.check(request, Answer(200, [:], .whole("the third, older")), difference: .staticReplacedByOlder, times: 2)
    }
  }
}
