import Histogram

/// A histogram of nanoseconds in a record. In a file it is an HdrHistogram V2 compressed log payload in base64.
///
/// It is encoded when the record is written and decoded when somebody asks for it, so that what was just measured goes
/// neither way, and what nobody looks at stays small.
public enum HistogramRecord: Codable, Equatable, Sendable {
  case counted(Histogram)
  case encoded(String)

  public init(from decoder: any Decoder) throws {
    self = .encoded(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  public func histogram() throws(HistogramFormatError) -> Histogram {
    switch self {
    case .counted(let histogram): histogram
    case .encoded(let text): try Histogram(base64V2: text)
    }
  }

  private var text: String {
    switch self {
    case .counted(let histogram): histogram.base64V2()
    case .encoded(let text): text
    }
  }

  /// The same in a file.
  public static func == (left: HistogramRecord, right: HistogramRecord) -> Bool { left.text == right.text }
}
