import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Reports
import Testing

extension Exclusive.ParityTests {
  @Test(.selected(.jsonLarge)) func jsonLarge() async throws {
    try await Comparison.of(.jsonLarge) { all in
      let text = try all.fixture("payloads/json-large.json")
      #expect(text.utf8.count == 1_049_013 && text.utf8.count >= 1024 * 1024)
      #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
      // The same bytes, so the same object.
      all.check(HTTPRequest("GET", "/json-large"), .json(text), times: 2)
      all.check(.compressible("/json-large"), Answer.json(text).uncompressed)
    }
  }
}
