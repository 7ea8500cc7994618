import LoadEngine
import Results
import Text

/// What of a load's failures is a wrong answer: one that came whole, says success, and is not the expected one. An error
/// status says that something is missing, and is none.
enum WrongAnswers {
  static func isWrong(_ sample: FailureSample) -> Bool {
    switch sample.kind {
    case .verification: true
    // Another status than the expected one, which claims success all the same.
    case .status: sample.bytes.starts(with: Array("HTTP/1.1 2".utf8))
    case .connect, .timeout, .reset, .closedEarly, .malformed: false
    }
  }

  static func all(_ samples: [FailureSample]) -> [FaultTrial.WrongAnswer] {
    samples.filter(isWrong).map { .init(text: $0.description, bytes: Base64.encode($0.bytes), count: $0.count) }
  }

  /// Of examples only a few are kept; of verification failures all are counted.
  static func count(_ samples: [FailureSample], _ errors: ErrorTally) -> Int {
    let statuses = samples.filter { $0.kind == .status && isWrong($0) }.reduce(0) { $0 + $1.count }
    return errors[.verification] + statuses
  }
}
