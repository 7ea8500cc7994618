import Glibc

/// The owner of a file that is sent as a body, opened once for all connections.
public final class BodyFile: Sendable {
  let descriptor: Int32
  /// The last part of the path.
  public let name: String
  public let byteCount: Int

  /// Opens a regular file for reading: `open(2)`, `fstat(2)`.
  public init(path: String) throws(SystemError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open \(path)", errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw SystemError("open \(path): not a regular file", EINVAL)
    }
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
    name = path.split(separator: "/").last.map(String.init) ?? "file"
  }

  deinit {
    close(descriptor)
  }
}
