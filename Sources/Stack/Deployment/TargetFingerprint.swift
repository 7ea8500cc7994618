import Foundation
import Results

extension Target {
  /// What it is made of: its folder, the fixtures that all serve, and what it is installed with.
  ///
  /// - Parameter tools: what tells the interpreter or the image apart from others.
  func fingerprint(_ checkout: Checkout, _ sources: SourceStates, tools: [String]) throws(DeploymentError) -> String {
    var fingerprint = Fingerprint()
    for folder in ["payloads", "static", "templates"] { fingerprint.add(folder: checkout.fixtures + "/" + folder) }
    for tool in tools { fingerprint.add(tool) }
    fingerprint.add(String(Target.workers))
    fingerprint.add(folder: source)
    fingerprint.add(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined())
    if let replacement { fingerprint.add(try sources.state(of: replacement).key) }
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
