import Foundation
import Glibc
import LoadEngine
import Machine

/// A file that one process at a time holds with flock(2). The kernel gives it back when its holder ends,
/// however that comes about.
struct FileLock: ~Copyable, Sendable {
  private let descriptor: Int32

  /// - Parameter purpose: what a process that finds it taken is told.
  /// - Returns: nil while another process has it.
  static func take(_ path: String, for purpose: String = "") throws(DeploymentError) -> FileLock? {
    let descriptor = try OwnFile.open(path)
    var result: Int32
    repeat { result = flock(descriptor, LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
    guard result == 0 else {
      close(descriptor)
      return nil
    }
    let note = Array("\(getpid())\n\(purpose)\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, note, note.count, 0)
    return FileLock(descriptor: descriptor)
  }

  /// The process that has the lock now; nil where nobody has it, or the holder has not signed yet.
  static func holder(of path: String) -> Int32? { note(path)?.first.flatMap { Int32($0) } }

  /// What the holder has it for; nil where nobody has it, or the holder does not say.
  static func purpose(of path: String) -> String? {
    note(path).flatMap { $0.count > 1 && !$0[1].isEmpty ? $0[1] : nil }
  }

  /// The lines of the holder; nil where nobody has it.
  private static func note(_ path: String) -> [String]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return ProcFile.text(path)?.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  deinit {
    close(descriptor)
  }
}

/// A process in words: its number and how it was started.
package func describeProcess(_ pid: Int32?, inShort: Bool = false) -> String {
  guard let pid else { return "another process" }
  if inShort { return "pid \(pid)" }
  guard let words = ProcFile.words("/proc/\(pid)/cmdline"), !words.isEmpty else { return "pid \(pid)" }
  let line = words.joined(separator: " ").replacing("\n", with: " ")
  return "pid \(pid) (\(line.count > 120 ? line.prefix(119) + "…" : line))"
}

/// Who measures, in words: `ada (pid 123) since 2026-07-28T10:15:02Z, …`.
func describeMeasurement(_ lock: String) -> String? {
  guard let pid = FileLock.holder(of: lock) else { return nil }
  var status = stat()
  let user =
    stat("/proc/\(pid)", &status) == 0 ? getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } : nil
  let purpose = FileLock.purpose(of: lock).map { " \($0)" } ?? ""
  return "\(user ?? "another user") (\(describeProcess(pid, inShort: !purpose.isEmpty)))\(purpose)"
}
