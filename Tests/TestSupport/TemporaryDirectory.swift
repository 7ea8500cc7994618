import Foundation

/// A directory for one test, removed with this value.
package final class TemporaryDirectory {
  package let path: String

  package init() {
    path = "/tmp/shootout-test-\(UUID().uuidString.prefix(8))"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file, with the folders above it.
  package func write(_ name: String, _ text: String) {
    let url = URL(fileURLWithPath: path + "/" + name)
    try! FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try! Data(text.utf8).write(to: url)
  }
}
