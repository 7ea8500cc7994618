import Results

/// What each contestant is made of: its folder, the fixtures that all serve, and what it is installed with.
package struct ContestantFingerprints {
  private let common: Fingerprint

  /// - Parameter tools: what tells the interpreter or the image apart from others.
  package init(_ checkout: Checkout, tools: [String]) {
    var common = Fingerprint()
    for folder in ["payloads", "static", "templates"] { common.add(folder: checkout.fixtures + "/" + folder) }
    for tool in tools { common.add(tool) }
    common.add(String(Contestant.workers))
    self.common = common
  }

  package subscript(_ contestant: Contestant) -> String {
    var fingerprint = common
    fingerprint.add(folder: contestant.source)
    fingerprint.add(contestant.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined())
    contestant.replacement?.add(to: &fingerprint)
    return fingerprint.text
  }
}
