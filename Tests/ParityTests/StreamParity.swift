import BenchSupport
import BenchTesting
import LoadEngine
import Reports
import Testing

extension Exclusive.ParityTests {
  @Test(.selected(.stream)) func stream() async throws {
    try await Comparison.of(.stream) { all in
      let request = HTTPRequest("GET", "/stream")
      let headers: [String: HeaderRule] = [
        "content-type": .exactly("application/octet-stream"), "transfer-encoding": .exactly("chunked"),
        "content-length": .absent,
      ]
      all.check(request, Answer(200, headers, .whole(streamed)), times: 2)
      all.check(.compressible("/stream"), Answer(200, headers, .whole(streamed)).uncompressed)
      all.verify("GET /stream, the sizes of its chunks", is: [Int](repeating: 10_240, count: 100)) { party in
        try party.exchange(request).chunkSizes
      }
    }
  }

  /// 100 chunks of 1,024 cells that say where they stand.
  private var streamed: String {
    var text = ""
    for chunk in 0..<100 {
      for cell in 0..<1024 { text += padded(chunk, 3) + ":" + padded(cell, 5) + "\n" }
    }
    return text
  }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: width - digits.count) + digits
  }
}
