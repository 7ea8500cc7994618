import Glibc

/// The owner of a file that is sent as a body, opened once for all connections.
public final class BodyFile: Sendable {
  let descriptor: Int32
  /// The last part of the path; `file` for the standard input.
  public let name: String
  public let byteCount: Int

  /// The most that is taken from a pipe.
  public static let largestCopy = 1 << 30

  /// Opens a file for reading: `open(2)`, `fstat(2)`.
  ///
  /// What every connection is to send from its beginning has to be a file. So a pipe or a device, and `-` for the standard
  /// input, is read to its end first, into a temporary file without a name.
  public init(path: String) throws(SystemError) {
    let source = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard source >= 0 else { throw SystemError("open \(path)", errno) }
    var status = stat()
    guard fstat(source, &status) == 0 else {
      let code = errno
      close(source)
      throw SystemError("fstat \(path)", code)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG where path != "-":
      descriptor = source
      byteCount = Int(status.st_size)
    case S_IFDIR:
      close(source)
      throw SystemError("open \(path)", EISDIR)
    default:
      defer { close(source) }
      (descriptor, byteCount) = try BodyFile.copy(of: source, path)
    }
    name = path == "-" ? "file" : path.split(separator: "/").last.map(String.init) ?? "file"
  }

  /// The first bytes of a file as a file of its own; both send from the same pages.
  /// - Precondition: there are so many.
  public init(_ byteCount: Int, of file: BodyFile) throws(SystemError) {
    precondition((0...file.byteCount).contains(byteCount), "\(file.name) has \(file.byteCount) bytes")
    descriptor = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SystemError("fcntl F_DUPFD_CLOEXEC", errno) }
    name = file.name
    self.byteCount = byteCount
  }

  private static func copy(of source: Int32, _ path: String) throws(SystemError) -> (descriptor: Int32, count: Int) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/shootout-upload-XXXXXX".utf8CString)
    let copy = mkstemp(&template)
    guard copy >= 0 else { throw SystemError("a temporary file in \(folder)", errno) }
    _ = fcntl(copy, F_SETFD, FD_CLOEXEC)
    unlink(template)
    do throws(SystemError) {
      return (copy, try fill(copy, from: source, path))
    } catch {
      close(copy)
      throw error
    }
  }

  /// - Returns: how many bytes there were.
  private static func fill(_ copy: Int32, from source: Int32, _ path: String) throws(SystemError) -> Int {
    var total = 0
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(source, &piece, piece.count)
      if count == 0 { return total }
      if count < 0 {
        guard errno == EINTR else { throw SystemError("read \(path)", errno) }
        continue
      }
      guard total + count <= largestCopy else { throw SystemError("read \(path): it is larger than 1 GiB", EFBIG) }
      var written = 0
      while written < count {
        let part = piece.withUnsafeBytes { write(copy, $0.baseAddress! + written, count - written) }
        guard part > 0 || (part < 0 && errno == EINTR) else {
          throw SystemError("a temporary copy of \(path)", part == 0 ? EIO : errno)
        }
        written += max(part, 0)
      }
      total += count
    }
  }

  deinit {
    close(descriptor)
  }
}
