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
/// | `homes/<name>/` | a target's working directory, and its temporary files |
/// | `deploy.lock`, `use.lock` | who changes the stack, who measures on it |
/// | `.framework-shootout` | nothing: it tells that the suite made the folder, or was given it empty |
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
      self.path = Self.usualPrefix + fingerprint.text.prefix(8)
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

  /// Makes the directory where it is missing, and refuses one that the suite did not make.
  public func prepare() throws(DeploymentError) {
    guard path.utf8.count <= Self.longestPath else {
      throw .unusableState(path: path, reason: "longer than \(Self.longestPath) bytes, so no Unix socket fits in it")
    }
    // Others may pass through, to what runs as another account, but not look around.
    let isNew = mkdir(path, 0o711) == 0
    if !isNew && errno != EEXIST {
      throw .unusableState(path: path, reason: "cannot be made: \(String(cString: strerror(errno)))")
    }
    if isNew { chmod(path, 0o711) }
    let status = try status(path)
    if !isNew, let fault = fault(status) { throw .foreign(path: path, reason: fault) }
    if !isMarked { close(try OwnFile.open(path + "/" + Self.mark)) }
    try make(logs, mode: 0o700)
    // Where servers run as another account, each has a folder of its own here.
    try make(homes, mode: 0o711)
  }

  private static let usualPrefix = "/var/tmp/framework-shootout-\(getuid())-"
  private static let mark = ".framework-shootout"

  /// What a folder holds that was made before there was a mark.
  private static let entries: Set = [
    "stack.json", "stack.json.new", "postgres", "logs", "homes", "deploy.lock", "use.lock",
  ]

  private var isMarked: Bool {
    var status = stat()
    return lstat(path + "/" + Self.mark, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Why a folder is not the suite's, and cannot become it; nil where there is nothing, and where it is or can.
  package var fault: String? {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? fault(status) : nil
  }

  private func fault(_ status: stat) -> String? {
    if isMarked { return nil }
    let names = Set(ProcFile.entries(path)).subtracting([".", ".."])
    let isEarlier =
      names.isSuperset(of: ["logs", "homes"]) && names.isSubset(of: Self.entries)
      && (names.contains("deploy.lock") || path.hasPrefix(Self.usualPrefix))
    if !names.isEmpty, !isEarlier { return "holds files that the suite did not make" }
    return status.st_mode & (S_IWGRP | S_IWOTH) == 0 ? nil : "may be written to by others"
  }

  /// Makes a folder in it, for this account alone unless the mode says otherwise.
  func make(_ directory: String, mode: mode_t) throws(DeploymentError) {
    if mkdir(directory, mode) != 0 && errno != EEXIST {
      throw .unusableState(path: directory, reason: "cannot be made: \(String(cString: strerror(errno)))")
    }
    guard try status(directory).st_mode & 0o7777 == mode || chmod(directory, mode) == 0 else {
      throw .unusableState(path: directory, reason: "cannot be used: \(String(cString: strerror(errno)))")
    }
  }

  private func status(_ directory: String) throws(DeploymentError) -> stat {
    var status = stat()
    guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid() else {
      throw .unusableState(path: directory, reason: "is not a directory of this account")
    }
    return status
  }

  /// Removes something in it. In a folder that is not the suite's, nothing is removed.
  func remove(_ path: String) {
    guard isMarked, path.hasPrefix(self.path + "/") else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Removes a folder in it whose content another account made. Its content is removed as that account: whatever it laid
  /// there, no more is removed than it may remove itself.
  func remove(_ path: String, of account: Account?) throws(DeploymentError) {
    if isMarked, let account, access(path, F_OK) == 0 {
      let launch = ProgramLaunch(
        command: ["/usr/bin/find", path, "-mindepth", "1", "-delete"], environment: [:], directory: "/",
        account: account)
      _ = try? ShortCommand("emptying \(path)", launch, deadline: .seconds(30)).run(.none)
      if rmdir(path) == 0 { return }
    }
    remove(path)
  }

  /// A descriptor for the log of a process that is to be started. Others are not to read it.
  func openLog(_ name: String, emptied isEmptied: Bool = true) throws(DeploymentError) -> Int32 {
    let descriptor = try OwnFile.open(log(name), emptied: isEmptied)
    if !isEmptied { _ = fcntl(descriptor, F_SETFL, O_APPEND) }
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
