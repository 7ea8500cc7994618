import Foundation

/// An error of Foundation about a file, in one line instead of the dump that it describes itself with.
struct FileProblem: CustomStringConvertible {
  var description: String

  /// nil for any other error.
  init?(_ error: any Error) {
    guard let error = error as? CocoaError else { return nil }
    let path = error.userInfo[NSFilePathErrorKey] as? String ?? error.url?.path
    let cause = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
    description = [path, cause ?? error.localizedDescription].compactMap(\.self).joined(separator: ": ")
  }
}
