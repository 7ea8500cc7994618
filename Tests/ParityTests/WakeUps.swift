import BenchSupport
import Foundation
import LoadEngine
import Machine
import Synchronization
import WireFormats

/// How often a server's threads were woken while a background task should have run: by that a task is seen that leaves
/// nothing else behind. Source: `voluntary_ctxt_switches` of proc_pid_status(5).
///
/// After an answer a worker sleeps in its event loop, and the end of the task's 10 ms wakes it once more. Requests with a
/// token, whose tasks can be asked for, are the yardstick: the others have to wake it as often.
struct WakeUps: Equatable, CustomStringConvertible {
  var withToken = 0
  var without = 0

  /// Of each kind, drawn at random: what wakes a worker regularly, such as uvicorn's ten looks at the clock a second, is
  /// then in both alike.
  static let requests = 20
  /// A task that is left out is missed in nearly all of them. Of honest servers beside a build on all processors the
  /// difference was 4 at the most in 400 looks, with a standard deviation of 1.6: a single look errs less than once in
  /// ten thousand, and one that is short is repeated.
  static let mostMissing = requests / 2
  private static let looks = 3

  /// From the answer on: the answer itself is over then, and the task is not.
  private static let begin = Duration.milliseconds(3)
  /// When the task is long over.
  private static let end = Duration.milliseconds(17)

  var missesTasks: Bool { withToken - without > WakeUps.mostMissing }

  /// Looks again where tasks seem to be missing.
  init(of party: Party, _ input: inout SeededInput) throws {
    for _ in 0..<Self.looks {
      self = try WakeUps(lookingOnceAt: party, &input)
      if !missesTasks { return }
    }
  }

  init(lookingOnceAt party: Party, _ input: inout SeededInput) throws {
    self.init()
    var kinds = [Bool](repeating: true, count: Self.requests) + [Bool](repeating: false, count: Self.requests)
    let processes = party.processes
    var conversation = try party.connect()
    while !kinds.isEmpty {
      let hasToken = kinds.remove(at: input.integer(0...kinds.count - 1))
      let query = hasToken ? "?token=\(input.word(16...16))" : ""
      _ = try conversation.exchange(HTTPRequest("GET", "/background\(query)"))
      let answered = Instant.now()
      Self.sleep(until: answered + Self.begin)
      let before = Self.count(processes)
      Self.sleep(until: answered + Self.end)
      let woken = Self.count(processes) - before
      if hasToken { withToken += woken } else { without += woken }
    }
  }

  private init() {}

  /// Of all at the same time: each of them sleeps nearly always.
  static func ofAll(_ parties: [Party], _ input: SeededInput) -> [String: Result<WakeUps, any Error>] {
    let seen = Mutex<[String: Result<WakeUps, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: parties.count) { index in
      var input = input
      let result = Result { try WakeUps(of: parties[index], &input) }
      seen.withLock { $0[parties[index].target.name] = result }
    }
    return seen.withLock { $0 }
  }

  var description: String {
    "after \(WakeUps.requests) answers the server wakes \(without) times, and after as many with a token \(withToken) times"
  }

  private static func sleep(until instant: Instant) {
    usleep(UInt32(instant.nanoseconds(since: .now()) / 1000))
  }

  /// Of all threads.
  private static func count(_ processes: [ProcessStat]) -> Int {
    var count = 0
    for process in processes {
      let threads = "/proc/\(process.pid)/task"
      for thread in (try? FileManager.default.contentsOfDirectory(atPath: threads)) ?? [] {
        guard let text = ProcFile.text("\(threads)/\(thread)/status"),
          let line = text.split(separator: "\n").first(where: { $0.hasPrefix("voluntary_ctxt_switches:") })
        else { continue }
        count += line.split(separator: "\t").last.flatMap { Int($0) } ?? 0
      }
    }
    return count
  }
}
