import Glibc

/// How many file descriptors processes hold open: connections, files, pipes. Source: proc_pid_fd(5).
package enum OpenDescriptors {
  /// The sum; nil where the kernel does not show them for one that still runs.
  package static func count(_ members: [ProcessStat]) -> Int? {
    var sum = 0
    for process in members where !process.isZombie {
      if let count = count(of: process.pid) {
        sum += count
      } else if process.identity.isAlive {
        return nil
      }
    }
    return sum
  }

  private static func count(of pid: Int32) -> Int? {
    guard let folder = opendir("/proc/\(pid)/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    // `.` and `..` are among the entries.
    while readdir(folder) != nil { count += 1 }
    return max(0, count - 2)
  }
}
