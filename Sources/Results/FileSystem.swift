import Foundation
import Glibc

/// Why a file could not be read or written: the words of the kernel, and no more.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  package var path: String
  package var code: Int32

  package init(path: String, code: Int32 = errno) {
    self.path = path
    self.code = code
  }

  /// `No space left on device`
  package var reason: String { String(cString: strerror(code)) }
  package var description: String { "\(path): \(reason)" }
}

extension FileError {
  /// An error of Foundation about a file, in one line instead of the dump that it describes itself with.
  package static func line(of error: CocoaError) -> String {
    let path = error.userInfo[NSFilePathErrorKey] as? String ?? error.url?.path
    return [path, reason(of: error)].compactMap(\.self).joined(separator: ": ")
  }

  /// The kernel's words for what went wrong, whoever tells of it.
  package static func reason(of error: any Error) -> String {
    if let error = error as? FileError { return error.reason }
    if let error = error as? POSIXError { return String(cString: strerror(error.code.rawValue)) }
    guard let error = error as? CocoaError else { return "\(error)" }
    if let cause = error.underlying as? POSIXError { return reason(of: cause) }
    // Foundation keeps no number of the kernel with these.
    return switch error.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: FileError(path: "", code: ENOENT).reason
    case .fileReadNoPermission, .fileWriteNoPermission: FileError(path: "", code: EACCES).reason
    case .fileWriteOutOfSpace: FileError(path: "", code: ENOSPC).reason
    case .fileWriteFileExists: FileError(path: "", code: EEXIST).reason
    case .fileWriteVolumeReadOnly: FileError(path: "", code: EROFS).reason
    default: "Foundation's error \(error.code.rawValue)"
    }
  }
}

/// Files and folders as the kernel has them, with its own words for what went wrong.
package enum FileSystem {
  /// All bytes of a file: `open(2)`, `read(2)`.
  package static func contents(of path: String) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { return bytes }
      if count < 0 {
        guard errno == EINTR else { throw FileError(path: path) }
        continue
      }
      bytes.append(contentsOf: piece[..<count])
    }
  }

  /// Puts bytes at a path in one step, so that a reader sees what was there before or all of it: a new file beside it, and
  /// `rename(2)`. Where it fails, nothing is left of it.
  package static func replace(_ path: String, with bytes: some Sequence<UInt8>) throws(FileError) {
    let temporary = "\(path).\(getpid()).new"
    do throws(FileError) {
      try create(temporary, with: Array(bytes))
      guard Glibc.rename(temporary, path) == 0 else { throw FileError(path: path) }
    } catch {
      unlink(temporary)
      // The name that somebody knows.
      throw FileError(path: path, code: error.code)
    }
  }

  private static func create(_ path: String, with bytes: [UInt8]) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path: path) }
    var code: Int32 = 0
    var written = 0
    while written < bytes.count, code == 0 {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
      if count > 0 { written += count } else if count == 0 { code = EIO } else if errno != EINTR { code = errno }
    }
    // A full disk may show only here.
    if close(descriptor) != 0, code == 0 { code = errno }
    guard code == 0 else { throw FileError(path: path, code: code) }
  }

  /// Makes a folder, and those above it that are missing: `mkdir(2)`.
  package static func makeFolder(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path)) { return }
    let code = errno
    let above = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    guard code == ENOENT, !above.isEmpty else { throw FileError(path: path, code: code) }
    try makeFolder(above)
    if mkdir(path, 0o777) != 0, errno != EEXIST { throw FileError(path: path) }
  }

  /// What lies in a folder, in no order: `readdir(3)`.
  package static func names(in folder: String) throws(FileError) -> [String] {
    guard let directory = opendir(folder) else { throw FileError(path: folder) }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        guard errno == 0 else { throw FileError(path: folder) }
        return names
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
  }

  /// Of what a path leads to: `stat(2)`.
  package static func facts(of path: String) throws(FileError) -> (isRegular: Bool, size: Int) {
    var facts = Glibc.stat()
    guard stat(path, &facts) == 0 else { throw FileError(path: path) }
    return (facts.st_mode & S_IFMT == S_IFREG, Int(facts.st_size))
  }

  package static func rename(_ path: String, to new: String) throws(FileError) {
    guard Glibc.rename(path, new) == 0 else { throw FileError(path: new) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var facts = Glibc.stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }
}
