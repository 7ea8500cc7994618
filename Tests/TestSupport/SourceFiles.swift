import Foundation

/// The sources that the tests were built from.
package enum SourceFiles {
  package static let checkout = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
    url.deletingLastPathComponent()
  }
}
