import Glibc
import Results

/// What a user names to be read: a file, a pipe, a device, or `-` for the standard input.
struct InputFile {
  var path: String
  /// The option that names it, as messages say it; empty for an operand.
  var option = ""

  /// More is not read. No answer may be larger either.
  static let limit = 1 << 30

  var isStandardInput: Bool { ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].contains(path) }

  /// Reads to the end.
  func contents() throws(UsageError) -> [UInt8] {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { return bytes }
      if count < 0 {
        guard errno == EINTR else { throw failure(errno) }
        continue
      }
      guard bytes.count + count <= InputFile.limit else { throw failure("it is larger than 1 GiB") }
      bytes.append(contentsOf: piece[..<count])
    }
  }

  private func failure(_ code: Int32) -> UsageError { failure(String(cString: strerror(code))) }

  private func failure(_ reason: String) -> UsageError {
    let name = isStandardInput ? "the standard input" : "'\(path)'"
    return UsageError("\(option.isEmpty ? "" : option + ": ")\(name) cannot be read: \(reason)")
  }
}

extension ResultFile {
  /// What an option names; nil where that is the standard output, or nothing.
  static func named(_ path: String?, by option: String) throws(UsageError) -> ResultFile? {
    guard let path, !isStandardOutput(path) else { return nil }
    return try usage(option) { () throws(ResultFileError) in try ResultFile(path: path) }
  }
}
