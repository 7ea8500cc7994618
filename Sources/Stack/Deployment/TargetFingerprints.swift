import Results

/// What each target is made of: its folder, the fixtures that all serve, and what it is installed with.
package struct TargetFingerprints {
  private let common: Fingerprint

  /// - Parameter tools: what tells the interpreter or the image apart from others.
  package init(_ checkout: Checkout, tools: [String]) {
    var common = Fingerprint()
    for folder in ["payloads", "static", "templates"] { common.add(folder: checkout.fixtures + "/" + folder) }
    for tool in tools { common.add(tool) }
    common.add(String(Target.workers))
    self.common = common
  }

  package subscript(_ target: Target) -> String {
    var fingerprint = common
    fingerprint.add(folder: target.source)
    fingerprint.add(target.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined())
    target.replacement?.add(to: &fingerprint)
    return fingerprint.text
  }
}
