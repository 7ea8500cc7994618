/// A zlib stream whose blocks are stored, not compressed.
///
/// Source: RFC 1950 (header, Adler-32 checksum) and RFC 1951 section 3.2.4 (stored blocks).
enum ZlibStored {
  private static let blockLimit = 65_535

  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    stream.reserveCapacity(bytes.count + 6 + 5 * (bytes.count / blockLimit + 1))
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(blockLimit)
      rest = rest.dropFirst(block.count)
      stream.append(rest.isEmpty ? 1 : 0)
      let length = UInt16(block.count)
      for half in [length, ~length] {
        stream.append(UInt8(truncatingIfNeeded: half))
        stream.append(UInt8(truncatingIfNeeded: half >> 8))
      }
      stream.append(contentsOf: block)
    } while !rest.isEmpty
    let checksum = adler32(bytes)
    for shift: UInt32 in [24, 16, 8, 0] { stream.append(UInt8(truncatingIfNeeded: checksum >> shift)) }
    return stream
  }

  /// The bytes of a stream of stored blocks; a block that is compressed, or more than `limit` bytes, is an error.
  static func decode(_ stream: ArraySlice<UInt8>, limit: Int) throws(HistogramFormatError) -> [UInt8] {
    var input = HistogramBytes(stream)
    let header = try input.integer(UInt16.self, "zlib header")
    guard header % 31 == 0, header >> 8 & 0x0f == 8, header & 0x20 == 0 else { throw .notZlib }
    var bytes: [UInt8] = []
    var isLast = false
    while !isLast {
      let block = try input.integer(UInt8.self, "last block")
      isLast = block & 1 == 1
      switch block >> 1 & 3 {
      case 0: break
      case 1, 2: throw .deflated
      default: throw .damagedBlock
      }
      let length = try input.integer(UInt16.self, "block length").byteSwapped
      let complement = try input.integer(UInt16.self, "block length").byteSwapped
      guard length == ~complement else { throw .damagedBlock }
      guard bytes.count + Int(length) <= limit else { throw .tooLong(limit: limit) }
      bytes.append(contentsOf: try input.bytes(Int(length), "block"))
    }
    let checksum = try input.integer(UInt32.self, "checksum")
    guard checksum == adler32(bytes) else { throw .checksumMismatch }
    guard input.rest.isEmpty else { throw .trailingBytes(input.rest.count) }
    return bytes
  }

  private static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }
}
