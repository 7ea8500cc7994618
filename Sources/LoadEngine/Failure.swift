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
  /// A complete response with another head or body, or one given before the request was sent.
  case verification
}

/// Failures by kind.
public struct ErrorTally: Equatable, Sendable {
  /// The kinds that occurred.
  public private(set) var byKind: [FailureKind: Int] = [:]

  public subscript(kind: FailureKind) -> Int {
    get { byKind[kind, default: 0] }
    set { byKind[kind] = newValue == 0 ? nil : newValue }
  }

  public var total: Int { byKind.values.reduce(0, +) }

  static func + (left: ErrorTally, right: ErrorTally) -> ErrorTally {
    right.byKind.reduce(into: left) { $0[$1.key] += $1.value }
  }

  static func - (left: ErrorTally, right: ErrorTally) -> ErrorTally {
    right.byKind.reduce(into: left) { $0[$1.key] -= $1.value }
  }
}

/// One failure in words, and how often it came in the same words.
public struct FailureSample: Equatable, Sendable, CustomStringConvertible {
  public var kind: FailureKind
  /// The request line.
  public var request: String
  public var detail: String
  public var count = 1
  /// The beginning of the piece in which the response ended, as it was received: of a response that came in one piece its
  /// head and body. Empty where no response ended.
  public var bytes: [UInt8] = []

  /// So many bytes of a piece are kept.
  public static let keptBytes = 512

  /// One line, in which nothing that the server sent can do anything to a terminal or a page.
  public var description: String { "\(request): \(detail)".escapingControls }
}

/// Examples of failures: the first few that differ of each kind, so that a frequent kind hides no other.
public struct FailureExamples: Equatable, Sendable {
  /// So many of each kind are kept.
  public static let limit = 5

  private var samples: [FailureSample] = []

  /// In the order of the kinds; of each kind in the order in which they came.
  public var all: [FailureSample] { FailureKind.allCases.flatMap { kind in samples.filter { $0.kind == kind } } }

  mutating func add(_ sample: FailureSample) {
    let isKnown = { (other: FailureSample) in
      (other.kind, other.detail, other.request) == (sample.kind, sample.detail, sample.request)
    }
    if let known = samples.firstIndex(where: isKnown) {
      samples[known].count += sample.count
    } else if samples.count(where: { $0.kind == sample.kind }) < FailureExamples.limit {
      samples.append(sample)
    }
  }

  mutating func merge(_ other: FailureExamples) {
    for sample in other.all { add(sample) }
  }
}
