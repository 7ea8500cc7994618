import BenchSupport
import Foundation
import LoadEngine
import Machine
import Synchronization
import WireFormats

/// After how many answers a server woke up once more, while a background task should have run: by that a task is seen that
/// leaves nothing else behind. Source: `voluntary_ctxt_switches` of proc_pid_status(5).
///
/// After an answer a worker sleeps in its event loop, and the end of the task's 10 ms wakes it. Requests with a token are
/// looked at as well, because a clock can tell that a task would be done.
struct WakeUps: Equatable, CustomStringConvertible {
  var withToken = 0
  var without = 0
  /// False where the machine was too busy to look in time.
  private(set) var isKnown = true

  /// Of each kind, in a drawn order: what wakes a worker now and then, such as uvicorn's ten looks at the clock a second,
  /// is then in both alike.
  static let requests = 20
  /// A task that is left out is missed in most of them: what wakes a worker anyway, uvicorn's ten looks at the clock a second,
  /// falls into about one answer of five.
  static let mostMissing = requests / 2
  /// So often tasks have to be missing in a row.
  private static let looks = 3

  /// From the answer on: the answer itself is over then, and the task is not.
  private static let begin = Duration.milliseconds(3)
  /// Who looks later than this may have missed it.
  private static let latest = Duration.milliseconds(8)
  /// When the task is over.
  private static let end = Duration.milliseconds(22)

  /// With a token, too: what marks one as done may be no task.
  var missesTasks: Bool { isKnown && min(withToken, without) < WakeUps.requests - WakeUps.mostMissing }

  /// Looks again where tasks seem to be missing.
  init(of party: Party, _ input: inout SeededInput) throws {
    for _ in 0..<Self.looks {
      self = try WakeUps(lookingOnceAt: party, &input)
      if !missesTasks { return }
    }
  }

  init(lookingOnceAt party: Party, _ input: inout SeededInput) throws {
    var seen: [Int32: WakeUps] = [:]
    let processes = party.processes.map(\.pid)
    var conversation = try party.connect()
    var kinds = [Bool](repeating: true, count: Self.requests) + [Bool](repeating: false, count: Self.requests)
    // On a machine that is too busy to look in time nothing is missed, and nothing found.
    var attempts = 4 * kinds.count
    while !kinds.isEmpty, attempts > 0 {
      attempts -= 1
      let index = input.integer(0...kinds.count - 1)
      let query = kinds[index] ? "?token=\(input.word(16...16))" : ""
      _ = try conversation.exchange(HTTPRequest("GET", "/background\(query)"))
      let answered = Instant.now()
      Self.sleep(until: answered + Self.begin)
      let before = processes.map(Self.count)
      let isInTime = Instant.now() < answered + Self.latest
      Self.sleep(until: answered + Self.end)
      guard isInTime else { continue }
      let hasToken = kinds.remove(at: index)
      for (process, (before, after)) in zip(processes, zip(before, processes.map(Self.count))) where after > before {
        seen[process, default: WakeUps()].add(hasToken)
      }
    }
    guard kinds.isEmpty else {
      self.init()
      isKnown = false
      return
    }
    // The worker that has the connection: the others wake up seldom.
    self = seen.values.max { $0.withToken < $1.withToken } ?? WakeUps()
  }

  private init() {}

  private mutating func add(_ hasToken: Bool) {
    if hasToken { withToken += 1 } else { without += 1 }
  }

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
    "the server wakes up after \(without) of \(WakeUps.requests) answers, and with a token after \(withToken)"
  }

  private static func sleep(until instant: Instant) {
    usleep(UInt32(instant.nanoseconds(since: .now()) / 1000))
  }

  /// Of all threads of a process.
  private static func count(_ process: Int32) -> Int {
    let threads = "/proc/\(process)/task"
    var count = 0
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: threads)) ?? [] {
      guard let text = ProcFile.text("\(threads)/\(thread)/status"),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("voluntary_ctxt_switches:") })
      else { continue }
      count += line.split(separator: "\t").last.flatMap { Int($0) } ?? 0
    }
    return count
  }
}
