import Foundation
import Testing

/// A text that was looked at and found right, kept in the folder `Golden` of the test's module.
///
/// `SHOOTOUT_UPDATE_GOLDEN=1` writes what the code says now; the test fails nevertheless, so that nobody
/// takes the new file for a passed comparison. Look at the difference before committing it.
package func expectGolden(
  _ text: String, _ name: String, beside test: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let file = golden(name, test)
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

private func golden(_ name: String, _ test: String) -> URL {
  // Below `Tests`, the first folder is the module.
  let parts = test.split(separator: "/")
  let module = parts[...((parts.lastIndex(of: "Tests") ?? 0) + 1)].joined(separator: "/")
  return URL(fileURLWithPath: "/\(module)/Golden/\(name)")
}
