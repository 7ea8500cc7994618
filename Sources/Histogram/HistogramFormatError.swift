/// Why bytes or text are not a histogram this engine can read.
public enum HistogramFormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text is not base64 with padding.
  case notBase64
  /// The input is longer than any histogram with this engine's range, in bytes.
  case tooLong(limit: Int)
  /// The input ends before the part that is named.
  case truncated(part: String)
  /// Bytes are left over after the end of the histogram.
  case trailingBytes(Int)
  /// The first four bytes are not the mark of a (compressed) V2 histogram.
  case unknownCookie(UInt32)
  /// The compressed part does not begin with a zlib header without dictionary.
  case notZlib
  /// The compressed part is really compressed; only stored blocks are read.
  case deflated
  /// The lengths in a stored block's header contradict each other, or its type does not exist.
  case damagedBlock
  /// The Adler-32 checksum does not fit the data.
  case checksumMismatch
  /// The buckets are cut differently: other digits, another unit, shifted or scaled values.
  case otherLayout(significantDigits: UInt32, lowestTrackable: UInt64)
  /// A count lies in a bucket above one hour.
  case valueAboveRange
  /// The counts add up to more than 2⁵³, or to a number that is none.
  case countTooLarge

  public var description: String {
    switch self {
    case .notBase64: "the histogram is not base64 text"
    case .tooLong(let limit): "the histogram is longer than \(limit) bytes"
    case .truncated(let part): "the histogram ends before its \(part)"
    case .trailingBytes(let count): "\(count) bytes are left over after the histogram"
    case .unknownCookie(let cookie): "0x\(String(cookie, radix: 16)) does not begin a compressed V2 histogram"
    case .notZlib: "the histogram's compressed part is not a zlib stream"
    case .deflated: "the histogram is compressed; only zlib streams of stored blocks are read"
    case .damagedBlock: "a block of the histogram's zlib stream is damaged"
    case .checksumMismatch: "the checksum of the histogram's zlib stream does not match"
    case .otherLayout(let digits, let lowest):
      "the histogram has another layout (\(digits) significant digits from \(lowest)); "
        + "2 significant digits from 1, unscaled, are read"
    case .valueAboveRange: "the histogram has values above one hour"
    case .countTooLarge: "the histogram counts more than 2^53 values"
    }
  }
}
