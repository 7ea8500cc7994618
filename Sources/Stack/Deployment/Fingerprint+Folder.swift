import Foundation
import Results

extension Fingerprint {
  /// Adds every file below a folder with its path, except what Python and editors leave there.
  package mutating func add(folder: String) {
    let paths = (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).sorted()
    for path in paths {
      let parts = path.split(separator: "/")
      guard !parts.contains(where: { $0.hasPrefix(".") || $0 == "__pycache__" }), !path.hasSuffix(".pyc") else {
        continue
      }
      guard let contents = FileManager.default.contents(atPath: folder + "/" + path) else { continue }
      add(path)
      contents.withUnsafeBytes { add($0) }
    }
  }
}
