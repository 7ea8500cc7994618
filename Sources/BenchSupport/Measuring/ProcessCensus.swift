import Machine
import Results

/// Who belongs to a server, from one look to the next: a pure value that is told what was seen.
///
/// A server goes on where one of its workers is gone, and most replace it, so that right answers alone say nothing of it.
package struct ProcessCensus: Equatable {
  /// As many as there were when all workers were up.
  private let whole: Int
  private var known: Set<ProcessIdentity>

  package init(_ members: Set<ProcessIdentity>) {
    whole = members.count
    known = members
  }

  /// What changed since the look before.
  package struct Change: Equatable {
    /// By number.
    package var ended: [Int32] = []
    package var came: [Int32] = []
    package var left = 0
    package var whole = 0

    package var isWhole: Bool { left >= whole }
  }

  /// What the members of this moment come to, without taking note of it.
  package func change(to now: Set<ProcessIdentity>) -> Change {
    Change(
      ended: known.subtracting(now).map(\.pid).sorted(), came: now.subtracting(known).map(\.pid).sorted(),
      left: now.count, whole: whole)
  }

  package mutating func note(_ now: Set<ProcessIdentity>) { known = now }
}

extension ProcessCensus.Change {
  /// Where a process ended, or one is missing, a check that failed; nil where nothing is wrong.
  ///
  /// - Parameter isInWindow: whether it was seen after the window, and not before it. What was missing before the window was
  ///   told then.
  package func check(of server: String, isInWindow: Bool) -> CheckFigure? {
    guard !ended.isEmpty || (!isWhole && !isInWindow) else { return nil }
    func numbers(_ pids: [Int32]) -> String {
      (pids.count == 1 ? "process " : "processes ") + pids.map(String.init).joined(separator: ", ")
    }
    var parts: [String] = []
    if !ended.isEmpty {
      let replaced = came.isEmpty ? "nothing took its place" : "\(numbers(came)) came for it"
      parts.append("\(numbers(ended)) of \(server) ended \(isInWindow ? "in" : "before") this window, and \(replaced)")
    }
    if !isWhole { parts.append("\(left) of \(whole) processes of \(server) are left") }
    return CheckFigure(name: "workers", passed: false, detail: parts.joined(separator: "; "))
  }
}
