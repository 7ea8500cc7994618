import Glibc

/// A place that a user named for results. They are written through what is there: a file keeps its owner, its mode and its
/// other names, a link is followed, a pipe or a device gets the bytes. Nothing is replaced.
///
/// It is made before the work, so that a place that cannot be written is known then. What a file held is lost only when
/// results are written, and a file that was made for them and never written is taken away again.
public final class ResultFile {
  public let path: String
  private var target: Target
  private var isWritten = false

  private enum Target {
    case file(descriptor: Int32, isNew: Bool)
    /// A pipe, a device, or what the shell handed over: bytes are added to it.
    case stream(descriptor: Int32)
    /// A FIFO. Its reader may come later than this program, so that it is opened when there is something to read.
    case fifo
  }

  /// How long a FIFO may be without a reader when results are there.
  private static let patience = 10

  /// Whether the path is another name of the standard output.
  public static func isStandardOutput(_ path: String) -> Bool {
    path == "-" || inherited(path) == STDOUT_FILENO
  }

  /// Opens the place for writing, and makes a file where there is nothing: `open(2)`.
  public init(path: String) throws(ResultFileError) {
    self.path = path
    if let number = ResultFile.inherited(path) {
      target = .stream(descriptor: try ResultFile.duplicate(number, path))
      return
    }
    var facts = stat()
    if stat(path, &facts) == 0 {
      switch facts.st_mode & S_IFMT {
      case S_IFREG, S_IFCHR, S_IFDIR: break
      case S_IFIFO:
        guard access(path, W_OK) == 0 else { throw .cannotOpen(path: path, reason: reason(errno)) }
        target = .fifo
        return
      default: throw .cannotOpen(path: path, reason: "it is no file, pipe or terminal")
      }
    }
    let flags = O_WRONLY | O_CLOEXEC | O_NOCTTY
    var descriptor = open(path, flags)
    let isNew = descriptor < 0 && errno == ENOENT && !path.isEmpty
    if isNew { descriptor = open(path, flags | O_CREAT, 0o666) }
    guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: reason(errno)) }
    let isFile = fstat(descriptor, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    target = isFile ? .file(descriptor: descriptor, isNew: isNew) : .stream(descriptor: descriptor)
  }

  deinit {
    switch target {
    case .file(let descriptor, let isNew):
      if isNew, !isWritten { ResultFile.remove(descriptor) }
      close(descriptor)
    case .stream(let descriptor): close(descriptor)
    case .fifo: break
    }
  }

  /// Writes the whole text in the place of what a file held.
  public func write(_ text: String) throws(ResultFileError) {
    try add(text)
    guard case .file(let descriptor, _) = target else { return }
    // A full disk may show only here.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(errno) }
  }

  /// Writes text after what was written before. The first is in the place of what a file held.
  public func add(_ text: String) throws(ResultFileError) {
    // A reader that has gone is an error to tell, and no reason to die without a word.
    let before = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, before) }
    switch target {
    case .file(let descriptor, _):
      guard isWritten || ftruncate(descriptor, 0) == 0 else { throw failure(errno) }
    case .stream: break
    case .fifo: target = .stream(descriptor: try openFIFO())
    }
    isWritten = true
    switch target {
    case .file(let descriptor, _), .stream(let descriptor): try write(Array(text.utf8), to: descriptor)
    case .fifo: preconditionFailure("it was opened above")
    }
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) throws(ResultFileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
      if count > 0 {
        written += count
      } else if count == 0 {
        throw failure(EIO)
      } else if errno == EAGAIN {
        var readiness = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&readiness, 1, Int32(ResultFile.patience * 1000)) != 0 else {
          throw .cannotWrite(path: path, reason: "nobody has read from the pipe for \(ResultFile.patience) s")
        }
      } else if errno != EINTR {
        throw failure(errno)
      }
    }
  }

  private func openFIFO() throws(ResultFileError) -> Int32 {
    var attempts = ResultFile.patience * 20
    while true {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
      if descriptor >= 0 { return descriptor }
      guard errno == ENXIO || errno == EINTR else { throw failure(errno) }
      attempts -= 1
      guard attempts > 0 else {
        throw .cannotWrite(path: path, reason: "nobody has opened the pipe for reading for \(ResultFile.patience) s")
      }
      usleep(50_000)
    }
  }

  private func failure(_ code: Int32) -> ResultFileError { .cannotWrite(path: path, reason: reason(code)) }

  /// The number of a descriptor that this program was started with, where the path is a name of one. To open such a path
  /// would begin at the front of a file that the shell is to add to.
  private static func inherited(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdin": return STDIN_FILENO
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default:
      let folder = ["/dev/fd/", "/proc/self/fd/"].first(where: path.hasPrefix)
      return folder.flatMap { Int32(path.dropFirst($0.count)) }
    }
  }

  private static func duplicate(_ number: Int32, _ path: String) throws(ResultFileError) -> Int32 {
    let mode = fcntl(number, F_GETFL)
    let descriptor = mode >= 0 && mode & O_ACCMODE != O_RDONLY ? fcntl(number, F_DUPFD_CLOEXEC, 0) : -1
    guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: "it is not open for writing") }
    return descriptor
  }

  /// Takes the file away by the name that it really has: the path may be a link to it.
  private static func remove(_ descriptor: Int32) {
    var name = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = readlink("/proc/self/fd/\(descriptor)", &name, name.count - 1)
    if length > 0 { unlink(name) }
  }
}

private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

public enum ResultFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Known before the work.
  case cannotOpen(path: String, reason: String)
  case cannotWrite(path: String, reason: String)

  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "nothing can be written to '\(path)': \(reason)"
    case .cannotWrite(let path, let reason): "the results could not be written to '\(path)': \(reason)"
    }
  }
}
