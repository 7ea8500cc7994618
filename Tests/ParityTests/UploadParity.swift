import BenchSupport
import BenchTesting
import LoadEngine
import Reports
import Testing
import WireFormats

extension Exclusive.ParityTests {
  @Test(.selected(.upload)) func upload() async throws {
    try await Comparison.of(.upload) { all in
      let mebibyte = 1024 * 1024
      for size in [1, all.input.integer(2...65_535), all.input.integer(65_536...3 * mebibyte), 10 * mebibyte] {
        all.check(upload(all.input.bytes(size)), accepted(size), times: size < mebibyte ? 2 : 1)
      }
      all.check(upload([UInt8](repeating: 0x2D, count: 16 * mebibyte)), accepted(16 * mebibyte))
      all.check(
        upload([UInt8](repeating: 0x2D, count: 17 * mebibyte)), accepted(17 * mebibyte), difference: .uploadOverLimit)

      all.onThisMachine(asserting: .uploadSpooling) {
        all.check("POST /upload of 10 MiB, the file", is: "is not written", difference: .uploadSpooling) { party in
          let before = BytesMoved(of: party)?.written ?? 0
          _ = try party.exchange(upload(all.input.bytes(10 * mebibyte)))
          let written = (BytesMoved(of: party)?.written ?? 0) - before
          if written < mebibyte { return "is not written" }
          return written >= 10 * mebibyte ? "is written to disk" : "\(written) bytes are written"
        }
      }

      // The size is that of the file, whatever else the form holds and however its parts are told apart.
      for boundary in ["x", "----\(all.input.word(56...56))"] {
        let file = all.input.bytes(all.input.integer(1...100_000))
        all.check(upload(file, boundary: boundary), accepted(file.count))
        all.check(upload(file, boundary: boundary, text: all.input.word(1...300)), accepted(file.count), times: 2)
        let almost = Array("\r\n--\(boundary.dropLast())\r\n--".utf8)
        all.check(upload(almost + file + almost, boundary: boundary), accepted(file.count + 2 * almost.count))
      }

      // The forms that differ in the load: large fields on either side of a large file, boundaries of any length.
      let seed = UInt64(all.input.integer(0...Int.max))
      let work = try Scenario.upload.work(ScenarioMaterial(fixtures: all.fixtures, seed: seed, users: []))
      if case .http(let exchanges) = work {
        for exchange in exchanges.suffix(exchanges.count / 8) {
          guard case .exactly(let answer) = exchange.expectation.body else { continue }
          all.check(exchange.request, .json(String(decoding: answer, as: UTF8.self)))
        }
      }

      all.check(upload([1], field: "other"), .jsonError(400))
      all.check(upload([1], filename: nil), .jsonError(400))
      let text = HTTPField("content-type", "text/plain")
      all.check(HTTPRequest("POST", "/upload", fields: [text], body: .bytes(Array("file".utf8))), .jsonError(400))
    }
  }

  private func accepted(_ size: Int) -> Answer {
    .json(#"{"size":\#(size),"status":"ok"}"#)
  }

  /// - Parameter text: of a second field, before and after the file.
  private func upload(
    _ file: [UInt8], field: String = "file", filename: String? = "drawn.bin", boundary: String = "----parity-7d1f0c52",
    text: String? = nil
  ) -> HTTPRequest {
    let name = filename.map { "; filename=\"\($0)\"" } ?? ""
    func other(_ name: String) -> String {
      text.map { "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\($0)\r\n" } ?? ""
    }
    let before =
      "\(other("before"))--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"\(name)\r\n"
      + "Content-Type: application/octet-stream\r\n\r\n"
    let body = Array(before.utf8) + file + Array("\r\n\(other("after"))--\(boundary)--\r\n".utf8)
    return HTTPRequest(
      "POST", "/upload", fields: [HTTPField("content-type", "multipart/form-data; boundary=\(boundary)")],
      body: .bytes(body))
  }
}
