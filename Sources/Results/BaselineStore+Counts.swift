import Foundation

extension BaselineStore {
  private static let countsPrefix = "counts-"

  private static func name(_ conditions: CountConditions) -> String { countsPrefix + conditions.fingerprint + ".json" }

  /// The baseline of counts under these conditions; else the one whose conditions differ least, which says what differs;
  /// else none.
  public func findCounts(for conditions: CountConditions) throws(BaselineError) -> StoredCountBaseline? {
    let own = Self.name(conditions)
    if let baseline = try readCounts(own) {
      return StoredCountBaseline(name: own, baseline: baseline, isOfSameConditions: true)
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var nearest: (difference: Int, stored: StoredCountBaseline)?
    for name in names.sorted() where name.hasPrefix(Self.countsPrefix) && name.hasSuffix(".json") {
      guard let baseline = try readCounts(name) else { continue }
      let there = baseline.conditions.ofMachine
      let difference = conditions.ofMachine.count { there[$0.key] != $0.value }
      if difference < nearest?.difference ?? .max {
        nearest = (
          difference, StoredCountBaseline(name: name, baseline: baseline, isOfSameConditions: difference == 0)
        )
      }
    }
    return nearest?.stored
  }

  private func readCounts(_ name: String) throws(BaselineError) -> CountBaseline? {
    try read(CountBaseline.self, name, current: CountBaseline.currentSchema)
  }

  /// Writes the file anew, and returns its path.
  public func write(_ baseline: CountBaseline) throws -> String {
    try write(baseline, named: Self.name(baseline.conditions))
  }
}
