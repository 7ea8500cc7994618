import Text

extension Histogram {
  /// Reads a histogram in HdrHistogram's V2 compressed encoding.
  ///
  /// Counts come back exactly. What the format does not carry comes back from the buckets: the minimum and maximum
  /// are the bounds of the outermost buckets, the mean is that of the buckets' middles, the saturated count is 0.
  /// Any `highest trackable value` is accepted as long as all counts lie within one hour.
  public init(compressedV2 bytes: [UInt8]) throws(HistogramFormatError) {
    var input = HistogramBytes(bytes[...])
    let cookie = try input.integer(UInt32.self, "cookie")
    guard cookie == HistogramFormat.compressedCookie else { throw .unknownCookie(cookie) }
    let length = Int(try input.integer(UInt32.self, "length"))
    let stream = try input.bytes(length, "zlib stream")
    guard input.rest.isEmpty else { throw .trailingBytes(input.rest.count) }
    self = try Self.uncompressed(ZlibStored.decode(stream, limit: HistogramFormat.payloadLimit))
  }

  /// Reads ``base64V2()``, or the histogram column of an HdrHistogram log line.
  public init(base64V2 text: String) throws(HistogramFormatError) {
    guard let bytes = Base64.decode(text) else { throw .notBase64 }
    try self.init(compressedV2: bytes)
  }

  private static func uncompressed(_ bytes: [UInt8]) throws(HistogramFormatError) -> Histogram {
    var input = HistogramBytes(bytes[...])
    let cookie = try input.integer(UInt32.self, "inner cookie")
    guard cookie == HistogramFormat.cookie else { throw .unknownCookie(cookie) }
    let length = Int(try input.integer(UInt32.self, "header"))
    let normalizingOffset = try input.integer(UInt32.self, "header")
    let digits = try input.integer(UInt32.self, "header")
    let lowest = try input.integer(UInt64.self, "header")
    _ = try input.integer(UInt64.self, "header")
    let ratio = try input.integer(UInt64.self, "header")
    guard normalizingOffset == 0, digits == HistogramFormat.significantDigits, ratio == (1.0).bitPattern,
      lowest == HistogramFormat.lowestTrackable
    else { throw .otherLayout(significantDigits: digits, lowestTrackable: lowest) }

    var payload = HistogramBytes(try input.bytes(length, "counts"))
    guard input.rest.isEmpty else { throw .trailingBytes(input.rest.count) }
    var histogram = Histogram()
    var index: UInt64 = 0
    while !payload.rest.isEmpty {
      let number = try payload.zigZag("last count")
      if number > 0 { try histogram.add(UInt64(number), toBucket: index) }
      index = index.addingReportingOverflow(number < 0 ? number.magnitude : 1).partialValue
      guard index <= UInt64(bucketLimit) else { throw .valueAboveRange }
    }
    return histogram
  }

  /// Counts are kept below 2⁵³ so that sums of several read histograms cannot overflow.
  private mutating func add(_ times: UInt64, toBucket index: UInt64) throws(HistogramFormatError) {
    guard index < UInt64(Self.bucketLimit) else { throw .valueAboveRange }
    let values = Self.values(ofBucket: Int(index))
    guard values.lowerBound <= Self.largestTrackable else { throw .valueAboveRange }
    guard times <= 1 << 53, count + times <= 1 << 53 else { throw .countTooLarge }
    let highest = min(values.upperBound, Self.largestTrackable)
    record(values.lowerBound + (highest - values.lowerBound) / 2, count: times)
    smallest = min(smallest, values.lowerBound)
    largest = max(largest, highest)
  }
}

/// Reads the fields of an encoded histogram from the front of bytes.
struct HistogramBytes {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  mutating func bytes(_ count: Int, _ part: String) throws(HistogramFormatError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw .truncated(part: part) }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func integer<Number: FixedWidthInteger & UnsignedInteger>(
    _: Number.Type, _ part: String
  ) throws(HistogramFormatError) -> Number {
    var number: Number = 0
    for byte in try bytes(Number.bitWidth / 8, part) { number = number << 8 | Number(byte) }
    return number
  }

  mutating func zigZag(_ part: String) throws(HistogramFormatError) -> Int64 {
    var number: UInt64 = 0
    for position: UInt64 in 0..<9 {
      guard let byte = rest.popFirst() else { throw .truncated(part: part) }
      guard position < 8 else {
        number |= UInt64(byte) << 56
        break
      }
      number |= UInt64(byte & 0x7f) << (7 * position)
      if byte < 0x80 { break }
    }
    return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
  }
}
