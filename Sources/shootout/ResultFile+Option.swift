import BenchSupport
import Results

extension ResultFile {
  /// What an option names; nil where that is the standard output, or nothing.
  static func named(_ path: String?, by option: String) throws(UsageError) -> ResultFile? {
    guard let path, !isStandardOutput(path) else { return nil }
    do { return try ResultFile(path: path) } catch { throw UsageError("\(option): \(error)") }
  }
}
