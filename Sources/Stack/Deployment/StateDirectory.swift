import Foundation
import Glibc
import Machine
import Results

/// Where a checkout keeps what runs: `/var/tmp/framework-shootout-<uid>-<hash of the checkout's path>`.
///
/// The path is short because that of a Unix socket may have 107 bytes, and outside the checkout because an
/// unprivileged PostgreSQL account has to reach it, which it cannot under a private home directory.
///
/// | entry | holds |
/// |---|---|
/// | `stack.json` | what is up (mode 0600: the database's password is in it) |
/// | `postgres/` | the cluster and its socket |
/// | `logs/` | what each process wrote since its start; kept by `down` |
/// | `work/<name>/` | a target's working directory, and its temporary files |
/// | `deploy.lock`, `use.lock` | who changes the stack, who measures on it |
public struct StateDirectory: Equatable, Sendable {
  public var path: String

  public init(path: String) {
    self.path = path
  }

  /// The directory of a checkout; the variable `SHOOTOUT_STATE` names another one.
  public init(of checkout: Checkout, environment: [String: String] = ProcessInfo.processInfo.environment) {
    if let path = environment["SHOOTOUT_STATE"], !path.allSatisfy(\.isWhitespace) {
      self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    } else {
      var fingerprint = Fingerprint()
      fingerprint.add(checkout.path)
      self.path = "/var/tmp/framework-shootout-\(getuid())-\(fingerprint.text.prefix(8))"
    }
  }

  public var stack: String { path + "/stack.json" }
  public var postgres: String { path + "/postgres" }
  public var logs: String { path + "/logs" }
  /// The folders that servers have as home and working directory.
  var homes: String { path + "/homes" }
  var deployLock: String { path + "/deploy.lock" }
  var useLock: String { path + "/use.lock" }

  func log(_ name: String) -> String { "\(logs)/\(name).log" }
  public func work(_ name: String) -> String { "\(homes)/\(name)" }

  /// The longest path under which PostgreSQL can still make its socket.
  package static let longestPath = 107 - "/postgres/.s.PGSQL.65535.lock".utf8.count

  /// Makes the directory where it is missing, and refuses one that another account could have laid there.
  public func prepare() throws(DeploymentError) {
    guard path.utf8.count <= Self.longestPath else {
      throw .unusableState(path: path, reason: "longer than \(Self.longestPath) bytes, so no Unix socket fits in it")
    }
    // Others may pass through, to the cluster that runs as another account, but not look around.
    try make(path, mode: 0o711)
    try make(logs, mode: 0o700)
    try make(homes, mode: 0o700)
  }

  func make(_ directory: String, mode: mode_t) throws(DeploymentError) {
    if mkdir(directory, mode) != 0 && errno != EEXIST {
      throw .unusableState(path: directory, reason: "cannot be made: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid() else {
      throw .unusableState(path: directory, reason: "is not a directory of this account")
    }
    guard chmod(directory, mode) == 0 else {
      throw .unusableState(path: directory, reason: "cannot be used: \(String(cString: strerror(errno)))")
    }
  }

  func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A descriptor for the log of a process that is to be started. Others are not to read it.
  func openLog(_ name: String) throws(DeploymentError) -> Int32 {
    let descriptor = open(log(name), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unusableState(path: log(name), reason: String(cString: strerror(errno))) }
    return descriptor
  }

  /// The last lines that a process wrote.
  func logEnd(_ name: String) -> LogEnd {
    let lines = (ProcFile.text(log(name)) ?? "").split(separator: "\n").suffix(15)
    return (log(name), lines.map(String.init))
  }

  /// Writes a file anew.
  static func write(_ contents: Data, to path: String, mode: Int? = nil) throws(DeploymentError) {
    let attributes = mode.map { [FileAttributeKey.posixPermissions: $0] }
    guard FileManager.default.createFile(atPath: path, contents: contents, attributes: attributes) else {
      throw .unusableState(path: path, reason: "cannot be written")
    }
  }
}
