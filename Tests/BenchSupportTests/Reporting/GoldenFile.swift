import Foundation
import Testing

/// A text that was looked at and found right, kept beside the tests.
///
/// `SHOOTOUT_UPDATE_GOLDEN=1` writes what the code says now; the test fails nevertheless, so that nobody
/// takes the new file for a passed comparison. Look at the difference before committing it.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden").appendingPathComponent(name)
  if ProcessInfo.processInfo.environment["SHOOTOUT_UPDATE_GOLDEN"] == "1" {
    try Data(text.utf8).write(to: file)
    Issue.record("\(name) was rewritten; look at it and run the tests again", sourceLocation: sourceLocation)
    return
  }
  let expected = try String(contentsOf: file, encoding: .utf8)
  guard text != expected else { return }
  let (now, before) = (
    text.split(separator: "\n", omittingEmptySubsequences: false),
    expected.split(separator: "\n", omittingEmptySubsequences: false)
  )
  let line = zip(now, before).enumerated().first { $1.0 != $1.1 }?.offset ?? min(now.count, before.count)
  Issue.record(
    """
    \(name) differs from line \(line + 1) on:
      expected: \(line < before.count ? before[line] : "(the end)")
      now:      \(line < now.count ? now[line] : "(the end)")
    SHOOTOUT_UPDATE_GOLDEN=1 rewrites the golden files.
    """, sourceLocation: sourceLocation)
}

/// The sources that the tests were built from.
enum SourceFiles {
  static let checkout = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
}
