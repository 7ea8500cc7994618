import Gate
import Results

/// What several generators measured at the same time, put together to what one would have seen.
public struct DistributedMerge: Equatable, Sendable {
  public var manifest: Manifest
  public var rounds: [Round]
  /// Rounds that are left out, with the reason: they measured another load than the others.
  public var leftOut: [String]

  /// - Parameter parts: the raw results of every generator of one run, in any order.
  public init(_ parts: [RawResults]) throws(DistributedMergeError) {
    let faults = parts.flatMap(\.problems).filter { !$0.isOnlyMissing }
    guard faults.isEmpty else { throw .problems(faults) }
    let parts = try Self.inOrder(parts)
    manifest = try Self.manifest(parts.map(\.manifest))
    (rounds, leftOut) = ([], [])
    for scenario in manifest.scenarios.map(\.name) {
      for framework in manifest.frameworks.map(\.name) {
        for round in 1...manifest.profile.rounds {
          let own = parts.map { part in
            part.rounds.first { ($0.scenario, $0.framework, $0.round) == (scenario, framework, round) }
          }
          let missing = own.indices.filter { own[$0] == nil }
          if missing.count == own.count { continue }
          guard missing.isEmpty else {
            let names = missing.map { "generator \($0 + 1)" }.joined(separator: ", ")
            leftOut.append("round \(round) of \(scenario) on \(framework): \(names) of \(own.count) had no part in it")
            continue
          }
          rounds.append(try RoundMerge(own.compactMap(\.self), policy: .standard).merged())
        }
      }
    }
  }

  private typealias Part = (manifest: Manifest, rounds: [Round])

  /// By the numbers of the generators, each of which has to be there once.
  private static func inOrder(_ parts: [RawResults]) throws(DistributedMergeError) -> [Part] {
    var byNumber: [Int: Part] = [:]
    var expected = 0
    for part in parts {
      guard let manifest = part.manifest, let place = manifest.distributedRun else { throw .alone }
      guard byNumber[place.generator] == nil else { throw .twice(place.generator) }
      guard expected == 0 || expected == place.generators else { throw .otherRun("the number of generators") }
      expected = place.generators
      byNumber[place.generator] = (manifest, part.rounds)
    }
    guard (1...1_000).contains(expected) else { throw .alone }
    let absent = (1...expected).filter { byNumber[$0] == nil }
    guard absent.isEmpty else { throw .absent(absent, of: expected) }
    return (1...expected).compactMap { byNumber[$0] }
  }

  private static func manifest(_ parts: [Manifest]) throws(DistributedMergeError) -> Manifest {
    var merged = parts[0]
    for part in parts.dropFirst() {
      let same: [(String, Bool)] = [
        ("the seed", part.distributedRun?.seed == merged.distributedRun?.seed),
        ("the profile", part.profile == merged.profile),
        ("the scenarios", part.scenarios == merged.scenarios), ("the frameworks", part.frameworks == merged.frameworks),
        ("the deployment", part.deployment == merged.deployment),
      ]
      if let other = same.first(where: { !$0.1 }) { throw .otherRun(other.0) }
    }
    merged.seed = merged.distributedRun?.seed ?? merged.seed
    merged.distributedRun = nil
    merged.started = parts.map(\.started).min() ?? merged.started
    merged.connections = parts.map(\.connections).reduce(0, +)
    merged.environment.settings["generators"] = "\(parts.count)"
    for (index, part) in parts.enumerated() {
      let machine = part.environment
      merged.environment.settings["generator \(index + 1)"] =
        "\(machine.processors) × \(machine.cpuModel), \(part.connections) connections"
    }
    return merged
  }
}

/// Why runs are not the parts of one.
public enum DistributedMergeError: Error, Equatable, Sendable, CustomStringConvertible {
  case problems([RawResultsProblem])
  case alone
  case twice(Int)
  case absent([Int], of: Int)
  case otherRun(String)
  case differentRounds(String)
  case histogram(String)

  public var description: String {
    switch self {
    case .problems(let problems): "nothing is merged:\n" + problems.map { "  \($0)" }.joined(separator: "\n")
    case .alone:
      "a run is not one of several that were measured together; those are made with SHOOTOUT_COORDINATOR"
    case .twice(let number): "generator \(number) is there twice"
    case .absent(let numbers, let count):
      "of \(count) generators, these are not there: \(numbers.map(String.init).joined(separator: ", "))"
    case .otherRun(let what): "these are not the generators of one run: \(what) differs"
    case .differentRounds(let what): "these are not the generators of one run: \(what)"
    case .histogram(let what): "a histogram cannot be merged: \(what)"
    }
  }
}

extension RawResultsProblem {
  /// A scenario that was to be judged; several generators have no gate of their own.
  fileprivate var isOnlyMissing: Bool {
    if case .notJudged = self { return true }
    return false
  }
}

extension RunDirectory {
  /// Writes what several generators saw together as the attachments of this run.
  public func write(_ merge: DistributedMerge) throws {
    let run = Seal.newRun()
    try keep("manifest.json", ResultsCoding.encodeSealed(merge.manifest, run: run))
    for round in merge.rounds { try keep(round.fileName, ResultsCoding.encodeSealed(round, run: run)) }
  }
}
