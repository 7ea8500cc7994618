import Text

/// Why an exchange is not a result.
public enum FailureKind: String, CaseIterable, Sendable {
  /// No connection came about.
  case connect
  /// No complete response within the time given.
  case timeout
  /// The peer reset the connection.
  case reset
  /// The peer closed the connection in the middle of an exchange.
  case closedEarly = "closed_early"
  /// The bytes are not what the protocol allows, or exceed a limit.
  case malformed
  /// A complete response with another status than the expected one.
  case status
  /// A complete response with another body, or one given before the request was sent.
  case verification

  var index: Int {
    switch self {
    case .connect: 0
    case .timeout: 1
    case .reset: 2
    case .closedEarly: 3
    case .malformed: 4
    case .status: 5
    case .verification: 6
    }
  }
}

/// Failures by kind.
public struct ErrorTally: Equatable, Sendable {
  private var counts = [Int](repeating: 0, count: FailureKind.allCases.count)

  public init() {}

  public subscript(kind: FailureKind) -> Int {
    get { counts[kind.index] }
    set { counts[kind.index] = newValue }
  }

  public var total: Int { counts.reduce(0, +) }

  /// The kinds that occurred.
  public var byKind: [FailureKind: Int] {
    Dictionary(uniqueKeysWithValues: FailureKind.allCases.filter { self[$0] > 0 }.map { ($0, self[$0]) })
  }

  static func + (left: ErrorTally, right: ErrorTally) -> ErrorTally {
    var sum = left
    for kind in FailureKind.allCases { sum[kind] += right[kind] }
    return sum
  }

  static func - (left: ErrorTally, right: ErrorTally) -> ErrorTally {
    var difference = left
    for kind in FailureKind.allCases { difference[kind] -= right[kind] }
    return difference
  }
}

/// One failure in words, and how often it came in the same words.
public struct FailureSample: Equatable, Sendable {
  public var kind: FailureKind
  /// The request line.
  public var request: String
  public var detail: String
  public var count = 1
}

/// Examples of failures: the first few that differ of each kind, so that a frequent kind hides no other.
public struct FailureExamples: Equatable, Sendable {
  /// So many of each kind are kept.
  public static let limit = 5

  private var byKind = [[FailureSample]](repeating: [], count: FailureKind.allCases.count)

  public init() {}

  /// In the order of the kinds; of each kind in the order in which they came.
  public var all: [FailureSample] { byKind.flatMap { $0 } }

  mutating func add(_ sample: FailureSample) {
    let kind = sample.kind.index
    if let known = byKind[kind].firstIndex(where: { $0.detail == sample.detail && $0.request == sample.request }) {
      byKind[kind][known].count += sample.count
    } else if byKind[kind].count < FailureExamples.limit {
      byKind[kind].append(sample)
    }
  }

  mutating func merge(_ other: FailureExamples) {
    for sample in other.all { add(sample) }
  }
}

extension FailureSample: CustomStringConvertible {
  /// One line, in which nothing that the server sent can do anything to a terminal or a page.
  public var description: String { "\(request): \(detail)".escapingControls }
}
