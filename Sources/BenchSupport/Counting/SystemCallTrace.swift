import Results
import Stack

/// What a worker asks the kernel for, by name: strace, attached to it while requests are answered.
struct SystemCallTrace {
  private let tracer: Tracer
  private let worker: Int32

  static let package = "strace"
  /// Why there are no names, as a clause.
  static let missing = "strace is not installed (Debian's package \(package))"

  /// - Parameter program: the path of strace, 5.6 or newer.
  init(_ program: String, _ worker: Int32, _ interrupts: Interrupts) {
    tracer = Tracer(
      [
        program, "--follow-forks", "--summary-only", "--summary-columns=calls,name", "--output=/dev/stdout",
      ], interrupts)
    self.worker = worker
  }

  /// How often each call was made while something was done.
  ///
  /// - Throws: `NotCounted` where the worker cannot be traced.
  func calls(during work: () throws -> Void) throws -> [String: Double] {
    do {
      return Self.calls(inSummary: try tracer.trace(worker, during: work))
    } catch let error as Tracer.Refusal {
      throw NotCounted(reason: error.reason)
    }
  }

  /// Of lines such as `      120 epoll_wait`; the head, the rules and the sum are none.
  static func calls(inSummary text: some StringProtocol) -> [String: Double] {
    text.split(separator: "\n").reduce(into: [:]) { calls, line in
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard words.count == 2, let count = Double(words[0]), words[1] != "total" else { return }
      calls[String(words[1]), default: 0] += count
    }
  }
}
