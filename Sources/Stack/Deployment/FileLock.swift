import Glibc
import LoadEngine
import Machine

/// A file that one process at a time holds with flock(2). The kernel gives it back when its holder ends,
/// however that comes about.
struct FileLock: ~Copyable, Sendable {
  private let descriptor: Int32

  /// - Returns: nil while another process has it.
  static func take(_ path: String) throws(DeploymentError) -> FileLock? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .unusableState(path: path, reason: "cannot be opened: \(String(cString: strerror(errno)))")
    }
    var result: Int32
    repeat { result = flock(descriptor, LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
    guard result == 0 else {
      close(descriptor)
      return nil
    }
    let note = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, note, note.count, 0)
    return FileLock(descriptor: descriptor)
  }

  /// The process that has the lock now; nil where nobody has it, or the holder has not signed yet.
  static func holder(of path: String) -> Int32? {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return nil }
    return ProcFile.text(path).flatMap { Int32($0.trimmingPrefix(while: \.isWhitespace).prefix { $0.isNumber }) }
  }

  deinit {
    close(descriptor)
  }
}

/// A process in words: its number and how it was started.
package func describeProcess(_ pid: Int32?) -> String {
  guard let pid else { return "another process" }
  guard let words = ProcFile.words("/proc/\(pid)/cmdline"), !words.isEmpty else { return "pid \(pid)" }
  let line = words.joined(separator: " ").replacing("\n", with: " ")
  return "pid \(pid) (\(line.count > 120 ? line.prefix(119) + "…" : line))"
}
