import CLinux
import Foundation
import Glibc
import Machine
import Synchronization

/// Watches for what ends a measurement: a signal, or the end of a process that this one works for.
///
/// `swift test` runs the tests in a process group of its own, so that a signal to the group of `make` does not reach them,
/// and neither does the death of `swift test`. So this process looks for itself at those above it.
public struct EndWatch: Sendable {
  /// The variable with which `make` says who it is: `pid:start` of each `make`, separated by spaces, and `pid:start:end` of
  /// those of whom only the end counts.
  public static let owners = "SHOOTOUT_OWNERS"

  /// Its value for what is to end with this process, too.
  public static func ownersWithThis(_ environment: [String: String]) -> String {
    let this = ProcessIdentity(pid: getpid()).map { "\($0.pid):\($0.startTime):end" }
    return [environment[owners], this].compactMap(\.self).joined(separator: " ")
  }

  /// Whose end is the end of this process.
  private let above: [Above]
  private let parent: pid_t
  private let parentName: String

  private struct Above {
    var process: ProcessIdentity
    var name: String
    /// Whether it waits for what it started after a signal, as make does.
    var waits: Bool
  }

  /// Calls `end` once, on a thread of its own, with what came first. The signals that end a process do not end this one any
  /// more: `end` has to.
  ///
  /// - Parameter environment: that of this process.
  public static func start(
    environment: [String: String] = ProcessInfo.processInfo.environment, end: @escaping @Sendable (String) -> Void
  ) {
    let watch = EndWatch(environment)
    _ = bell
    for number in EndWatch.signals {
      signal(number) { number in
        received.store(number, ordering: .relaxed)
        _ = write(bell.writing, "!", 1)
      }
    }
    Thread.detachNewThread {
      end(watch.wait { signalName(received.load(ordering: .relaxed)) ?? watch.endOfOwner ?? watch.endOfParent })
    }
  }

  /// Lets the end of a `make` above be a SIGTERM to this process. To be called when that is held back.
  static func endWithOwners(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let watch = EndWatch(environment)
    guard !watch.above.isEmpty else { return }
    Thread.detachNewThread {
      _ = watch.wait { watch.endOfOwner }
      kill(getpid(), SIGTERM)
    }
  }

  /// Waits until a cause is there: a signal that came, or what is still so when it is looked at again, because make holds
  /// signals back for a moment whenever it starts something.
  private func wait(for cause: () -> String?) -> String {
    var last: String?
    while true {
      let now = cause()
      if let now, now == last || EndWatch.signalName(received.load(ordering: .relaxed)) == now { return now }
      last = now
      var ringing = pollfd(fd: bell.reading, events: Int16(POLLIN), revents: 0)
      _ = poll(&ringing, 1, EndWatch.interval)
    }
  }

  /// How often it looks at others, in milliseconds: seldom, because it measures.
  private static let interval: Int32 = 150

  init(_ environment: [String: String]) {
    parent = clinux_first_parent()
    parentName = EndWatch.name(of: parent) ?? "its parent"
    above = (environment[EndWatch.owners] ?? "").split(separator: " ").compactMap { word -> Above? in
      let numbers = word.split(separator: ":")
      guard numbers.count > 1, let pid = Int32(numbers[0]), let start = UInt64(numbers[1]) else { return nil }
      return Above(
        process: ProcessIdentity(pid: pid, startTime: start), name: EndWatch.name(of: pid) ?? "make",
        waits: numbers.count == 2)
    }
  }

  /// What ends a `make` above now, if anything does.
  private var endOfOwner: String? {
    for one in above {
      guard one.process.isAlive else { return "the end of \(one.name) (pid \(one.process.pid))" }
      guard one.waits else { continue }
      // After a signal, make waits for its recipe within the handler, which it has put out of force: the kernel holds back
      // what it does not catch any more.
      let status = ProcFile.text("/proc/\(one.process.pid)/status") ?? ""
      let handled = EndWatch.mask("SigBlk", status) & ~EndWatch.mask("SigCgt", status)
      if let number = EndWatch.signals.first(where: { handled >> UInt64($0 - 1) & 1 == 1 }) {
        return "\(EndWatch.signalName(number) ?? "a signal") to \(one.name) (pid \(one.process.pid))"
      }
    }
    return nil
  }

  private var endOfParent: String? {
    getppid() == parent ? nil : "the end of \(parentName) (pid \(parent))"
  }

  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  private static func signalName(_ number: Int32) -> String? {
    switch number {
    case SIGINT: "SIGINT"
    case SIGTERM: "SIGTERM"
    case SIGHUP: "SIGHUP"
    default: nil
    }
  }

  private static func name(of pid: Int32) -> String? { ProcessStat.read(pid)?.command }

  /// A set of signals from `/proc/<pid>/status`: bit n-1 is signal n.
  private static func mask(_ key: String, _ status: String) -> UInt64 {
    let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
    return line.flatMap { UInt64($0.dropFirst(key.count + 1).drop(while: \.isWhitespace), radix: 16) } ?? 0
  }
}

/// The signal that came; 0 for none. A handler of a signal can reach nothing but what is global.
private let received = Atomic<Int32>(0)
private let bell: (reading: Int32, writing: Int32) = {
  var ends: [Int32] = [-1, -1]
  _ = clinux_pipe(&ends)
  return (ends[0], ends[1])
}()
