import Glibc

/// A user and group to run as.
package struct Account: Equatable, Sendable {
  package var name: String
  package var user: uid_t
  package var group: gid_t

  package static func named(_ name: String) -> Account? {
    guard let entry = getpwnam(name) else { return nil }
    return Account(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
  }

  /// Made for nothing else, so that it owns nothing and may do nothing.
  package static let ofServers = "framework-shootout"

  /// How root makes it.
  package static let making =
    "useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin \(ofServers)"

  /// Whom the servers and the database run as; nil for whoever runs this. Root hands them over.
  package static func forServers() throws(DeploymentError) -> Account? {
    guard geteuid() == 0 else { return nil }
    guard let account = named(ofServers), account.user != 0 else { throw .noAccount }
    return account
  }
}

/// What an account needs of the file system, and what of that it cannot reach.
struct Reach: Equatable {
  /// The topmost folders that it cannot pass.
  var closed: [String] = []
  /// The needed ones below them.
  var visible: [String] = []

  /// - Parameter needed: folders that it has to read.
  init(of account: Account, to needed: [String]) throws(DeploymentError) {
    for path in needed {
      guard account.may(S_IRUSR | S_IXUSR, path) else { throw .closed(folder: path, to: account.name) }
      guard let folder = account.firstClosed(above: path) else { continue }
      if !closed.contains(folder) { closed.append(folder) }
      if !visible.contains(path) { visible.append(path) }
    }
  }
}

extension Account {
  /// The topmost folder above a path that this account cannot pass.
  func firstClosed(above path: String) -> String? {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      if !may(S_IXUSR, folder) { return folder }
    }
    return nil
  }

  /// - Parameter rights: as the bits of the owner.
  fileprivate func may(_ rights: mode_t, _ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return true }
    let shift: mode_t = status.st_uid == user ? 0 : status.st_gid == group ? 3 : 6
    return status.st_mode & (rights >> shift) == rights >> shift
  }
}
