import BenchSupport
import Foundation
import Machine

/// The bytes that all processes of a server have read and written by system calls. Source: proc_pid_io(5).
///
/// The kernel counts what `read` and `write` moved, from files, pipes and, by uvloop, sockets alike.
struct BytesMoved: Equatable {
  var read = 0
  var written = 0

  /// nil where they cannot be seen: in a container, on another machine, or of another user.
  init?(of party: Party) {
    for process in party.processes {
      guard let text = try? String(contentsOfFile: "/proc/\(process.pid)/io", encoding: .utf8) else {
        if process.pid == party.process?.pid { return nil }
        continue
      }
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count == 2, let count = Int(words[1]) else { continue }
        switch words[0] {
        case "rchar:": read += count
        case "wchar:": written += count
        default: continue
        }
      }
    }
    guard read > 0 else { return nil }
  }
}
