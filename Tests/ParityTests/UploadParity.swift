import BenchTesting
import LoadEngine
import Reports
import Testing
import WireFormats

extension Exclusive.Parity {
  @Test func upload() async throws {
    try await Comparison.of("upload") { all in
      let mebibyte = 1024 * 1024
      for size in [1, all.input.integer(2...65_535), all.input.integer(65_536...3 * mebibyte), 10 * mebibyte] {
        all.check(upload(all.input.bytes(size)), accepted(size), times: size < mebibyte ? 2 : 1)
      }
      all.check(upload([UInt8](repeating: 0x2D, count: 16 * mebibyte)), accepted(16 * mebibyte))
      all.check(
        upload([UInt8](repeating: 0x2D, count: 17 * mebibyte)), accepted(17 * mebibyte), difference: .uploadOverLimit)

      all.onThisMachine(asserting: .uploadSpooling) {
        all.check("POST /upload of 10 MiB, the file", is: "is not written", difference: .uploadSpooling) { party in
          let before = party.process.flatMap { BytesMoved(of: $0) }?.written ?? 0
          _ = try party.exchange(upload(all.input.bytes(10 * mebibyte)))
          let written = (party.process.flatMap { BytesMoved(of: $0) }?.written ?? 0) - before
          if written < mebibyte { return "is not written" }
          return written >= 10 * mebibyte ? "is written to disk" : "\(written) bytes are written"
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

  private func upload(_ file: [UInt8], field: String = "file", filename: String? = "drawn.bin") -> HTTPRequest {
    let boundary = "----parity-7d1f0c52"
    let name = filename.map { "; filename=\"\($0)\"" } ?? ""
    let before =
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"\(name)\r\n"
      + "Content-Type: application/octet-stream\r\n\r\n"
    let body = Array(before.utf8) + file + Array("\r\n--\(boundary)--\r\n".utf8)
    return HTTPRequest(
      "POST", "/upload", fields: [HTTPField("content-type", "multipart/form-data; boundary=\(boundary)")],
      body: .bytes(body))
  }
}
