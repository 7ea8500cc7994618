import LoadEngine

extension Scenario {
  public static let stream = Scenario(
    "stream", summary: "A chunked body of 100 writes of 10,240 bytes.",
    verification: "Status 200, chunks of 10,240 bytes, and every byte of the body, which numbers its cells.",
    unit: "streams", exchangesToCount: 10
  ) { _ in
    let bytes = 10_240
    var body: [UInt8] = []
    body.reserveCapacity(100 * bytes)
    for write in 0..<100 {
      for cell in 0..<1024 { body.append(contentsOf: "\(padded(write, 3)):\(padded(cell, 5))\n".utf8) }
    }
    var head = HeadExpectation.bytes
    head.framing = .chunks(bytes: bytes)
    return .get("/stream", head, .exactly(body))
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: width - digits.count) + digits
  }
}
