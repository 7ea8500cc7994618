import Foundation
import LoadEngine
import SeededRandom

/// Starts tasks with a token, and asks for each on the same connection until it is done.
///
/// A task sleeps for 10 ms and then marks its token. One that is done earlier than that after its request was *sent* cannot
/// have slept, however busy everything is. On a server that is not under load it is also seen that a task does its work
/// after its answer: most are not done when asked for at once.
final class BackgroundTask: WorkProbe {
  static let name = "background tasks"
  var looksAfterLoad: Bool { true }
  /// A millisecond less than the task sleeps: the timers of libuv, and so of uvloop, count in whole milliseconds.
  static let shortest = Duration.milliseconds(9)
  private static let patience = Duration.seconds(5)
  private static let looks = 10

  /// What is seen of one task, in the order of time.
  struct Course: Equatable {
    var sent: Instant
    var accepted: Instant
    /// When the first question for it was answered.
    var answered: Instant
    /// Whether it was done by then.
    var isDoneAtOnce: Bool
  }

  func look(_ conversation: inout ProbeConversation, _ time: ProbeTime) throws -> String? {
    var courses: [Course] = []
    for _ in 0..<(time == .afterLoad ? Self.looks : 1) {
      // Not drawn with a seed: a token that was there before is done at once.
      var random = SplitMix64(seed: .random(in: 0 ... .max))
      let token = Self.token(drawnFrom: &random)
      switch try observe(token, &conversation) {
      case .failure(let failure): return failure.reason
      case .success(let course): courses.append(course)
      }
      if let failure = Self.tooEarly(courses.last!) { return failure }
      if !courses.last!.isDoneAtOnce { return nil }
    }
    return time == .afterLoad ? Self.waiting(courses) : nil
  }

  /// Such as a client would have: sixteen hexadecimal digits.
  static func token(drawnFrom random: inout SplitMix64) -> String {
    let digits = String(random.next(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func tooEarly(_ course: Course) -> String? {
    let nanoseconds = course.answered.nanoseconds(since: course.sent)
    guard course.isDoneAtOnce, nanoseconds < UInt64(shortest.wholeNanoseconds) else { return nil }
    let milliseconds = (Double(nanoseconds) * 1e-6 * 100).rounded() / 100
    return "a task that has to sleep for 10 ms was done \(milliseconds) ms after it was asked for"
  }

  /// Whether the answers waited for their tasks: they then take those 10 ms longer than the answers to the questions, on
  /// whatever way.
  static func waiting(_ courses: [Course]) -> String? {
    guard courses.allSatisfy(\.isDoneAtOnce),
      let accepting = courses.map({ $0.accepted.nanoseconds(since: $0.sent) }).min(),
      let answering = courses.map({ $0.answered.nanoseconds(since: $0.accepted) }).min(),
      accepting >= answering + UInt64(shortest.wholeNanoseconds)
    else { return nil }
    return "of \(courses.count) tasks none was still running when its answer had arrived: the answer waits for the task"
  }

  private struct Failure: Error {
    var reason: String
  }

  private func observe(_ token: String, _ conversation: inout ProbeConversation) throws -> Result<Course, Failure> {
    let sent = Instant.now()
    let response = try conversation.exchange(HTTPRequest("GET", "/background?token=\(token)"))
    let accepted = Instant.now()
    guard response.status == 200, response.text == #"{"status":"accepted"}"# else {
      return .failure(Failure(reason: "GET /background?token=\(token) was answered by \(response.shown)"))
    }
    var course: Course?
    while true {
      let response = try conversation.exchange(HTTPRequest("GET", "/background/\(token)"))
      let now = Instant.now()
      let isDone = response.status == 200 && response.text == #"{"done":true}"#
      guard isDone || (response.status == 200 && response.text == #"{"done":false}"#) else {
        return .failure(Failure(reason: "GET /background/\(token) was answered by \(response.shown)"))
      }
      course = course ?? Course(sent: sent, accepted: accepted, answered: now, isDoneAtOnce: isDone)
      if isDone { return .success(course!) }
      guard now < accepted + Self.patience else {
        return .failure(
          Failure(reason: "the task of GET /background?token=\(token) was not done within \(Self.patience.inSeconds) s")
        )
      }
      usleep(2000)
    }
  }
}
