import Results
import Text
import WireFormats

/// What became of clients that misbehaved.
struct ClientReport: Equatable, Sendable {
  /// By what was seen of each, in words.
  private(set) var outcomes: [String: Int] = [:]
  private(set) var wrongAnswers: [FaultTrial.WrongAnswer] = []

  private(set) var wrongAnswerCount = 0

  /// So many that differ are kept with their bytes, and so many bytes of each; all are counted.
  static let kept = 5
  static let keptBytes = 512

  mutating func add(_ outcome: String, count: Int = 1) {
    if count > 0 { outcomes[outcome, default: 0] += count }
  }

  mutating func addWrong(_ text: String, _ bytes: some Collection<UInt8>) {
    wrongAnswerCount += 1
    keep(.init(text: text, bytes: Base64.encode(Array(bytes.prefix(Self.keptBytes))), count: 1))
  }

  mutating func add(_ other: ClientReport) {
    for (outcome, count) in other.outcomes { add(outcome, count: count) }
    wrongAnswerCount += other.wrongAnswerCount
    for wrong in other.wrongAnswers { keep(wrong) }
  }

  private mutating func keep(_ wrong: FaultTrial.WrongAnswer) {
    if let place = wrongAnswers.firstIndex(where: { $0.text == wrong.text }) {
      wrongAnswers[place].count += wrong.count
    } else if wrongAnswers.count < Self.kept {
      wrongAnswers.append(wrong)
    }
  }
}

/// The answer to a request that was cut: whatever came, and how that ended.
struct AnswerToCut: Equatable {
  var bytes: [UInt8] = []
  var ending = RawClient.Received.end

  /// What it amounts to. A request whose body ends early is incomplete, and the server has to consider it so (RFC 9112,
  /// section 6.3): an answer that claims success is wrong.
  enum Verdict: Equatable {
    case none(String)
    case refused(status: Int)
    case claimsSuccess(status: Int)
    case malformed
  }

  var verdict: Verdict {
    guard !bytes.isEmpty else {
      switch ending {
      case .end, .bytes: return .none("the server closed the connection without an answer")
      case .reset: return .none("the server reset the connection without an answer")
      case .nothing: return .none("no answer, and the connection stayed open")
      }
    }
    guard let status = ReceivedResponse(bytes)?.status else { return .malformed }
    return (200...299).contains(status) ? .claimsSuccess(status: status) : .refused(status: status)
  }
}

/// The head of a response, and as much of its body as has come.
struct ReceivedResponse: Equatable {
  var status: Int
  var body: [UInt8]
  var isWhole: Bool

  /// nil where it is no HTTP, or its head is not whole.
  init?(_ bytes: [UInt8]) {
    var parser = HTTPResponseParser()
    parser.begin()
    var (status, body, isWhole): (Int?, [UInt8], Bool) = (nil, [], false)
    do throws(HTTPViolation) {
      try bytes.withUnsafeBufferPointer { (all) throws(HTTPViolation) in
        var rest = UnsafeRawBufferPointer(all)
        while !isWhole, let event = try parser.next(&rest) {
          switch event {
          case .head: status = parser.status
          case .body(let piece): body += piece
          case .end: isWhole = true
          }
        }
      }
    } catch {
      return nil
    }
    guard let status else { return nil }
    (self.status, self.body, self.isWhole) = (status, body, isWhole)
  }

  /// What is wrong with the beginning of a download; nil where nothing is.
  func defect(expecting body: [UInt8]) -> String? {
    guard status == 200 else { return nil }
    if let place = zip(self.body, body).enumerated().first(where: { $1.0 != $1.1 })?.offset {
      return "the body is not the expected one from byte \(place) on"
    }
    return self.body.count > body.count ? "the body is longer than the expected one" : nil
  }
}
