import BenchSupport
import BenchTesting
import LoadEngine
import Reports
import Testing

extension Exclusive.ParityTests {
  @Test(.selected(.background)) func background() async throws {
    try await Comparison.of(.background) { all in
      all.check(HTTPRequest("GET", "/background"), .json(#"{"status":"accepted"}"#), times: 2)
      let unknown = all.input.word(20...20)
      all.check(HTTPRequest("GET", "/background/\(unknown)"), .json(#"{"done":false}"#), times: 2)

      let tokens = (0..<20).map { "\($0)-\(all.input.word(12...12))" }
      let expected = Observed(everDoneLater: true, unfinished: [])
      all.verify("GET /background?token=T, then /background/T on the same connection", is: expected) { party in
        var conversation = try party.connect()
        return try observe(tokens, &conversation)
      }
      try all.onThisMachine("tasks run without a token") { try assertTasksWithoutToken(all) }
    }
  }

  private func assertTasksWithoutToken(_ all: Comparison) throws {
    let seen = WakeUps.ofAll(all.parties, all.input)
    let expected = "the server wakes after its answers as often as with a token"
    all.verify("GET /background without a token, its task", is: expected) { party in
      let wakeUps = try seen[party.target.name]!.get()
      return wakeUps.missesTasks ? "\(wakeUps)" : expected
    }
  }

  /// Starts one task after the other, and asks for each until it is done.
  ///
  /// A task sleeps for 10 ms, so one that runs after its response is at least once not done when asked at once. The
  /// deadline is generous: it is met only by a task that never runs.
  private func observe(_ tokens: [String], _ conversation: inout Conversation) throws -> Observed {
    var observed = Observed(everDoneLater: false, unfinished: [])
    for token in tokens {
      let accepted = try conversation.exchange(HTTPRequest("GET", "/background?token=\(token)"))
      guard accepted.text == #"{"status":"accepted"}"# else {
        observed.unfinished.append("\(token): \(accepted.status) \(accepted.text)")
        continue
      }
      let deadline = ContinuousClock.now + .seconds(3)
      var isFirst = true
      while true {
        let answer = try conversation.exchange(HTTPRequest("GET", "/background/\(token)"))
        if answer.status == 200, answer.text == #"{"done":true}"# { break }
        guard answer.status == 200, answer.text == #"{"done":false}"#, ContinuousClock.now < deadline else {
          observed.unfinished.append("\(token): \(answer.status) \(answer.text)")
          return observed
        }
        if isFirst { observed.everDoneLater = true }
        isFirst = false
      }
    }
    return observed
  }
}

/// What became of the tasks.
private struct Observed: Equatable, CustomStringConvertible {
  /// A task was still running when its response had arrived.
  var everDoneLater: Bool
  var unfinished: [String]

  var description: String {
    (everDoneLater ? "tasks ran after their responses" : "no task was still running when its response had arrived")
      + (unfinished.isEmpty ? ", and all were done" : ", and these were never done: \(unfinished)")
  }
}
