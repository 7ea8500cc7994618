import Glibc

extension ControlGroup {
  /// The group of another container of this machine, found by its id, which every engine puts into the name of the group.
  ///
  /// - Parameters:
  ///   - id: the first digits, at least twelve.
  ///   - root: where the groups of the whole machine are mounted.
  /// - Returns: the whole id beside it; nil where no group has such a name.
  package static func ofContainer(_ id: String, under root: String) -> (id: String, group: ControlGroup)? {
    guard id.count >= 12, id.allSatisfy(\.isHexDigit) else { return nil }
    func find(_ controller: String) -> (id: String, path: String)? {
      var budget = mostGroups
      return search(for: id, in: root + controller, depth: 0, &budget)
    }
    if access(root + "/cgroup.controllers", F_OK) == 0 {
      return find("").map {
        ($0.id, ControlGroup(version: .v2, processor: $0.path, accounting: $0.path, memory: $0.path))
      }
    }
    guard let processor = find("/cpu"), let accounting = find("/cpuacct"), let memory = find("/memory") else {
      return nil
    }
    return (
      memory.id,
      ControlGroup(version: .v1, processor: processor.path, accounting: accounting.path, memory: memory.path)
    )
  }

  /// More than a machine with a thousand containers has.
  private static let mostGroups = 20_000
  private static let deepest = 12

  /// The group whose name holds a whole id that begins so, such as `docker-<id>.scope`. Groups of engines' own processes are
  /// named so as well (`libpod-conmon-<id>.scope`).
  private static func search(
    for id: String, in directory: String, depth: Int, _ budget: inout Int
  ) -> (id: String, path: String)? {
    let names = ProcFile.folders(directory)
    budget -= names.count
    for name in names where !name.contains("conmon") {
      guard let match = name.firstMatch(of: /(?:^|[^0-9a-f])([0-9a-f]{64})(?:[^0-9a-f]|$)/) else { continue }
      if match.1.hasPrefix(id) { return (String(match.1), directory + "/" + name) }
    }
    for name in names where depth < deepest && budget > 0 {
      if let found = search(for: id, in: directory + "/" + name, depth: depth + 1, &budget) { return found }
    }
    return nil
  }

  private init(version: Version, processor: String, accounting: String, memory: String) {
    (self.version, self.processor, self.accounting, self.memory) = (version, processor, accounting, memory)
  }
}
