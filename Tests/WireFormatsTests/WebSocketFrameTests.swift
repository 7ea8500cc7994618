import Testing
import WireFormats

private func frame(
  _ opcode: WebSocketOpcode, _ payload: [UInt8], maskingKey: UInt32, isFinal: Bool = true
) -> [UInt8] {
  var bytes: [UInt8] = []
  payload.withUnsafeBytes { payload in
    WebSocketFrame.append(opcode, payload, maskingKey: maskingKey, isFinal: isFinal, to: &bytes)
  }
  return bytes
}

@Suite struct WebSocketFrameTests {
  @Test("masks the Hello of RFC 6455 section 5.7")
  func hello() {
    let expected: [UInt8] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
    #expect(frame(.text, Array("Hello".utf8), maskingKey: 0x37fa_213d) == expected)
  }

  @Test("says the kind of frame and whether it is final in the first byte")
  func firstByte() {
    #expect(frame(.text, [], maskingKey: 1) == [0x81, 0x80, 0, 0, 0, 1])
    #expect(frame(.binary, [], maskingKey: 0, isFinal: false) == [0x02, 0x80, 0, 0, 0, 0])
    #expect(frame(.continuation, [7], maskingKey: 0) == [0x80, 0x81, 0, 0, 0, 0, 7])
    #expect(frame(.close, [], maskingKey: 0) == [0x88, 0x80, 0, 0, 0, 0])
    #expect(frame(.ping, [], maskingKey: 0) == [0x89, 0x80, 0, 0, 0, 0])
    #expect(frame(.pong, [], maskingKey: 0) == [0x8a, 0x80, 0, 0, 0, 0])
  }

  @Test(
    "writes a length in the shortest form",
    arguments: [
      (125, [0x82, 0xfd]), (126, [0x82, 0xfe, 0, 126]), (65_535, [0x82, 0xfe, 0xff, 0xff]),
      (65_536, [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0]),
    ] as [(Int, [UInt8])])
  func lengths(count: Int, header: [UInt8]) {
    let bytes = frame(.binary, [UInt8](repeating: 1, count: count), maskingKey: 0x0203_0405)
    #expect(bytes.count == WebSocketFrame.encodedLength(payloadLength: count))
    #expect(Array(bytes.prefix(header.count)) == header)
    #expect(Array(bytes.dropFirst(header.count).prefix(6)) == [2, 3, 4, 5, 3, 2])
  }

  @Test("masks every byte by its own byte of the key, for every length of the rest", arguments: 0..<40)
  func masking(count: Int) {
    let payload = (0..<count).map { UInt8($0 * 5) }
    let key: [UInt8] = [0xa1, 0x00, 0xff, 0x3c]
    let expected = payload.enumerated().map { $1 ^ key[$0 % 4] }
    #expect(Array(frame(.binary, payload, maskingKey: 0xa100_ff3c).dropFirst(6)) == expected)
  }

  @Test("appends after what is there, and leaves the rest of a buffer alone")
  func placement() {
    var bytes: [UInt8] = [9, 9]
    WebSocketFrame.append(.ping, UnsafeRawBufferPointer(start: nil, count: 0), maskingKey: 0, to: &bytes)
    #expect(bytes == [9, 9, 0x89, 0x80, 0, 0, 0, 0])

    var buffer = [UInt8](repeating: 0xee, count: 9)
    let written = buffer.withUnsafeMutableBytes { buffer in
      [UInt8(5)].withUnsafeBytes { WebSocketFrame.write(.text, $0, maskingKey: 0, into: buffer) }
    }
    #expect(written == 7)
    #expect(buffer == [0x81, 0x81, 0, 0, 0, 0, 5, 0xee, 0xee])
  }

  @Test("a close frame carries the code, or nothing")
  func close() {
    var bytes: [UInt8] = []
    WebSocketFrame.appendClose(code: 1001, maskingKey: 0, to: &bytes)
    WebSocketFrame.appendClose(code: nil, maskingKey: 0, to: &bytes)
    #expect(bytes == [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9, 0x88, 0x80, 0, 0, 0, 0])
  }
}
