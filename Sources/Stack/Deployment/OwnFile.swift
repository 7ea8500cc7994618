import Glibc

/// A file of this account, and of nobody else, at a path of our own: a lock, a log.
enum OwnFile {
  /// Opens it for reading and writing and makes it where it is missing, with mode 0600. What lies there under another name
  /// too, a link, a pipe or a file of another account is refused, and left as it is: open(2), fstat(2).
  ///
  /// - Parameter isEmptied: whether it loses what it held, and is written at its end from then on.
  static func open(_ path: String, emptied isEmptied: Bool = false) throws(DeploymentError) -> Int32 {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (isEmptied ? O_APPEND : 0)
    let descriptor = Glibc.open(path, flags, 0o600)
    guard descriptor >= 0 else {
      throw errno == ELOOP
        ? .foreign(path: path, reason: "is a link")
        : .unusableState(path: path, reason: "cannot be opened: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    if fstat(descriptor, &status) == 0, let fault = fault(status) {
      close(descriptor)
      throw .foreign(path: path, reason: fault)
    }
    if isEmptied { _ = ftruncate(descriptor, 0) }
    return descriptor
  }

  private static func fault(_ status: stat) -> String? {
    if status.st_mode & S_IFMT != S_IFREG { return "is no regular file" }
    if status.st_nlink > 1 { return "has another name, too" }
    // Root finds what the owner of a checkout made in it.
    return status.st_uid == geteuid() || geteuid() == 0 ? nil : "belongs to another account"
  }
}
