import Foundation
import Results

/// What each target is made of: its folder, the fixtures that all serve, and what it is installed with.
struct TargetFingerprints {
  private let common: Fingerprint

  /// - Parameter tools: what tells the interpreter or the image apart from others.
  init(_ checkout: Checkout, tools: [String]) {
    var common = Fingerprint()
    for folder in ["payloads", "static", "templates"] { common.add(folder: checkout.fixtures + "/" + folder) }
    for tool in tools { common.add(tool) }
    common.add(String(Target.workers))
    self.common = common
  }

  subscript(_ target: Target) -> String {
    var fingerprint = common
    fingerprint.add(folder: target.source)
    fingerprint.add(target.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined())
    target.replacement?.add(to: &fingerprint)
    return fingerprint.text
  }
}

extension Fingerprint {
  /// Adds every file below a folder with its path, except what Python and editors leave there.
  mutating func add(folder: String) {
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
