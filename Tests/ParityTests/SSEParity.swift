import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Reports
import Testing
import WireFormats

extension Exclusive.ParityTests {
  @Test(.selected(.sse)) func sse() async throws {
    try await Comparison.of(.sse) { all in
      let request = HTTPRequest("GET", "/sse", fields: [HTTPField("accept", "text/event-stream")])
      let headers: [String: HeaderRule] = [
        "content-type": .exactly("text/event-stream; charset=utf-8"), "cache-control": .exactly("no-cache"),
        "transfer-encoding": .exactly("chunked"),
      ]
      all.check(request, Answer(200, headers), times: 2)
      all.check(
        request, Answer(200, headers, .begins("id: 1\nevent: tick\ndata: {\"seq\":1}\n\n")), difference: .sseSpelling)

      all.check(request, Answer(200, ["x-accel-buffering": .absent]), difference: .sseHeaders)
      all.check(.compressible("/sse"), Answer(200, headers).uncompressed)

      let ticks = (1...50).map { Tick(id: "\($0)", type: "tick", data: ["seq": $0]) }
      all.verify("GET /sse, its events", is: ticks) { try events($0.exchange(request).body) }
      all.verify("GET /sse, its chunks one by one", is: ticks.map { [$0] }) { party in
        let response = try party.exchange(request)
        var rest = response.body[...]
        return try response.chunkSizes.map { size in
          defer { rest = rest.dropFirst(size) }
          return try events(Array(rest.prefix(size)))
        }
      }
    }
  }

  private func events(_ body: [UInt8]) throws -> [Tick] {
    var parser = ServerSentEventParser()
    var ticks: [Tick] = []
    try body.withUnsafeBytes { bytes in
      var input = bytes
      while try parser.next(&input) {
        let event = ServerSentEvent(parser)
        let data = try JSONDecoder().decode([String: Int].self, from: Data(event.data.utf8))
        ticks.append(Tick(id: event.id, type: event.type, data: data))
      }
    }
    if parser.hasIncompleteEvent { ticks.append(Tick(id: "", type: "cut off", data: [:])) }
    return ticks
  }
}

/// An event as a browser would see it, its data parsed.
private struct Tick: Equatable, CustomStringConvertible {
  var id: String
  var type: String
  var data: [String: Int]

  var description: String { "event \(type) with id \(id) and \(data)" }
}
