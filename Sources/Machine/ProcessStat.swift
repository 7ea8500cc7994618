import Foundation
import Glibc

/// One line of `/proc/<pid>/stat`: who a process is and what it used. Source: proc_pid_stat(5).
public struct ProcessStat: Equatable, Sendable {
  public var pid: Int32
  /// The name of the program, at most 15 bytes.
  public var command: String
  public var state: Character
  public var parent: Int32
  public var group: Int32
  public var session: Int32
  /// CPU time in clock ticks, of all threads.
  public var userTicks: UInt64
  public var systemTicks: UInt64
  /// CPU time in clock ticks of children that ended and were waited for, and of theirs.
  var reapedUserTicks: UInt64
  var reapedSystemTicks: UInt64
  /// Clock ticks from the machine's start to the process's.
  var startTime: UInt64

  package var identity: ProcessIdentity { ProcessIdentity(pid: pid, startTime: startTime) }

  /// Ended, though its parent has not asked for its exit status yet.
  public var isZombie: Bool { state == "Z" || state == "X" }

  /// nil where the text is no such line, or is cut short.
  public init?(_ text: some StringProtocol) {
    // The name may hold spaces and parentheses: it ends at the last parenthesis.
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else { return nil }
    let fields = text[text.index(after: close)...].split(separator: " ", omittingEmptySubsequences: true)
    guard let pid = Int32(text[..<open].trimmingCharacters(in: .whitespaces)),
      fields.count >= 20, let state = fields[0].first,
      let parent = Int32(fields[1]), let group = Int32(fields[2]), let session = Int32(fields[3]),
      let user = UInt64(fields[11]), let system = UInt64(fields[12]),
      let reapedUser = UInt64(fields[13]), let reapedSystem = UInt64(fields[14]),
      let startTime = UInt64(fields[19])
    else { return nil }
    self.pid = pid
    self.command = String(text[text.index(after: open)..<close])
    self.state = state
    self.parent = parent
    self.group = group
    self.session = session
    self.userTicks = user
    self.systemTicks = system
    self.reapedUserTicks = reapedUser
    self.reapedSystemTicks = reapedSystem
    self.startTime = startTime
  }

  public static func read(_ pid: Int32) -> ProcessStat? {
    ProcFile.text("/proc/\(pid)/stat").flatMap { ProcessStat($0) }
  }

  /// Every process of this machine that this one can see.
  public static func readAll() -> [ProcessStat] {
    ProcFile.processes().compactMap { read($0) }
  }
}

/// Reading of `/proc`, where a file has no size and a process may be gone in the middle.
package enum ProcFile {
  package static let limit = 1 << 20

  package static func bytes(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 8192)
    while bytes.count < limit {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }

  package static func text(_ path: String) -> String? {
    bytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// That of a file which holds one number and nothing else.
  package static func number(_ path: String) -> Int? {
    text(path).flatMap { Int(String($0.filter { !$0.isWhitespace })) }
  }

  /// The words of a file whose words end with a zero byte, such as `cmdline` and `environ`.
  package static func words(_ path: String) -> [String]? {
    bytes(path).map {
      $0.split(separator: 0, omittingEmptySubsequences: true).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// The target of a link such as `cwd`, without the mark of a deleted one.
  package static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(path, &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return target.hasSuffix(" (deleted)") ? String(target.dropLast(10)) : target
  }

  package static func entries(_ path: String) -> [String] { entries(path) { _ in true } }

  /// The folders in a folder, in the order of their names.
  package static func folders(_ path: String) -> [String] {
    entries(path) { $0 == DT_DIR }.filter { $0 != "." && $0 != ".." }.sorted()
  }

  private static func entries(_ path: String, isWanted: (Int) -> Bool) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      guard isWanted(Int(entry.pointee.d_type)) else { continue }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }

  package static func processes() -> [Int32] {
    entries("/proc").compactMap { Int32($0) }
  }
}
