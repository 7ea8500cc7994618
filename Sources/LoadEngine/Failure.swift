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
}

/// One failure in words.
public struct FailureSample: Equatable, Sendable {
  public static let limit = 5

  public var kind: FailureKind
  /// The request line.
  public var request: String
  public var detail: String
}

extension FailureSample: CustomStringConvertible {
  /// One line, in which nothing that the server sent can do anything to a terminal or a page.
  public var description: String { "\(request): \(detail)".escapingControls }
}
