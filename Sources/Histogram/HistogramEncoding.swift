import Text

/// Numbers of HdrHistogram's V2 encoding, as its readers check them.
///
/// Source: the `V2EncodingCookieBase` and `V2CompressedEncodingCookieBase` formats of HdrHistogram. The bits 0x10
/// announce counts as variable-length integers. All header fields are big-endian.
enum HistogramFormat {
  static let cookie: UInt32 = 0x1c84_9313
  static let compressedCookie: UInt32 = 0x1c84_9314
  static let headerLength = 40
  static let significantDigits: UInt32 = 2
  static let lowestTrackable: UInt64 = 1
  /// One count takes up to nine bytes.
  static let payloadLimit = headerLength + Histogram.bucketLimit * 9
}

extension Histogram {
  /// The histogram in HdrHistogram's V2 compressed encoding, as its log files carry it.
  ///
  /// At most 41.6 KB. The zlib stream is one stored block: every zlib reads it, and writing it needs no compressor.
  /// The format carries the counts and nothing else: ``init(compressedV2:)`` says what a reader gets back.
  public func compressedV2() -> [UInt8] {
    let stream = ZlibStored.encode(uncompressedV2())
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + stream.count)
    bytes.appendBigEndian(HistogramFormat.compressedCookie)
    bytes.appendBigEndian(UInt32(stream.count))
    bytes.append(contentsOf: stream)
    return bytes
  }

  /// ``compressedV2()`` in base64, the form of a line in an HdrHistogram log.
  public func base64V2() -> String {
    Base64.encode(compressedV2())
  }

  private func uncompressedV2() -> [UInt8] {
    let payload = countsPayload()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(HistogramFormat.headerLength + payload.count)
    bytes.appendBigEndian(HistogramFormat.cookie)
    bytes.appendBigEndian(UInt32(payload.count))
    bytes.appendBigEndian(UInt32(0))  // the offset that normalizes indexes: none
    bytes.appendBigEndian(HistogramFormat.significantDigits)
    bytes.appendBigEndian(HistogramFormat.lowestTrackable)
    bytes.appendBigEndian(Self.largestTrackable)
    bytes.appendBigEndian((1.0).bitPattern)  // the factor that makes integers of fractions: none
    bytes.append(contentsOf: payload)
    return bytes
  }

  /// Counts up to the last that is not zero; a run of two or more zeros is written as its negated length.
  private func countsPayload() -> [UInt8] {
    guard let last = counts.lastIndex(where: { $0 > 0 }) else { return [0] }
    var payload: [UInt8] = []
    var index = 0
    while index <= last {
      if counts[index] > 0 {
        payload.appendZigZag(Int64(clamping: counts[index]))
        index += 1
      } else {
        let start = index
        while counts[index] == 0 { index += 1 }
        let zeros = index - start
        payload.appendZigZag(zeros == 1 ? 0 : -Int64(zeros))
      }
    }
    return payload
  }
}

extension [UInt8] {
  fileprivate mutating func appendBigEndian(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
  }

  /// Seven bits per byte from the lowest, the sign in the lowest bit; a ninth byte carries eight bits.
  fileprivate mutating func appendZigZag(_ number: Int64) {
    var rest = UInt64(bitPattern: (number << 1) ^ (number >> 63))
    for _ in 0..<8 {
      guard rest > 0x7f else { break }
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}
