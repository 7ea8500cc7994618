import Foundation

/// One file of an attachments directory. `bytes` are nil where it could not be read, with the reason.
public struct RawFile: Equatable, Sendable {
  public var name: String
  public var bytes: Data?
  public var reason: String?

  public init(name: String, bytes: Data?, reason: String? = nil) {
    self.name = name
    self.bytes = bytes
    self.reason = reason
  }

  /// What the name promises. Where two names collided, the testing library put a random suffix into the second.
  fileprivate var kind: Kind {
    guard name.hasSuffix(".json") else { return .other }
    if name.hasPrefix("manifest") { return .manifest }
    if name.hasPrefix("gate--") { return .verdicts }
    if name.hasPrefix("retest--") || name.hasPrefix("confirm--") { return .retest }
    return name.contains("--") ? .round : .other
  }

  fileprivate enum Kind { case manifest, round, verdicts, retest, other }
}

/// What the attachments of a run hold, sorted out: the manifest, the rounds that can be trusted, and by
/// name everything that cannot.
///
/// Which cell a round belongs to is read from its content, never from its name. Two pieces of evidence
/// for one round are both left out: to pick one would be to choose a result.
public struct RawResults: Equatable, Sendable {
  public struct StoredRound: Equatable, Sendable {
    public var file: String
    public var bytes: Data
    public var evidence: Round
  }

  public var manifest: Manifest?
  public var manifestBytes: Data?
  /// By scenario and framework in the manifest's order, then by round.
  public var rounds: [StoredRound] = []
  /// What the gate measured again. No figure is made of them; what failed in them failed.
  public var retests: [StoredRound] = []
  /// In the manifest's order.
  public var verdicts: [ScenarioVerdicts] = []
  public var problems: [RawResultsProblem] = []
  /// Files that are no evidence, by name. They do no harm; they are listed so that nothing is hidden.
  public var ignored: [String] = []

  public init(_ attachments: [RawFile]) {
    let attachments = attachments.sorted { $0.name < $1.name }
    ignored = attachments.filter { $0.kind == .other }.map(\.name)
    readManifest(attachments.filter { $0.kind == .manifest })
    rounds = inOrder(withoutStrangers(withoutDuplicates(readRounds(attachments.filter { $0.kind == .round }))))
    // The gate has looks of its own, which may come after more rounds than are planned.
    retests = inOrder(
      withoutStrangers(
        withoutDuplicates(readRounds(attachments.filter { $0.kind == .retest })), atMost: Int.max))
    readVerdicts(attachments.filter { $0.kind == .verdicts })
  }

  private mutating func readRounds(_ files: [RawFile]) -> [StoredRound] {
    files.compactMap { file in
      decode(Round.self, file, schema: Round.currentSchema) { $0.implausibility }
        .map { StoredRound(file: file.name, bytes: file.bytes ?? Data(), evidence: $0) }
    }
  }

  private mutating func readManifest(_ candidates: [RawFile]) {
    var first: RawFile?
    for candidate in candidates {
      let decoded = decode(Manifest.self, candidate, schema: Manifest.currentSchema) { $0.implausibility }
      guard let decoded else { continue }
      if let manifest, let first {
        // Every test may attach the manifest; they have to agree.
        if manifest != decoded { problems.append(.contradictingManifests(file: candidate.name, other: first.name)) }
      } else {
        (manifest, manifestBytes, first) = (decoded, candidate.bytes, candidate)
      }
    }
    if candidates.isEmpty { problems.append(.noManifest) }
  }

  private mutating func readVerdicts(_ files: [RawFile]) {
    let read = files.compactMap { file in
      decode(ScenarioVerdicts.self, file, schema: ScenarioVerdicts.currentSchema) { _ in nil }
    }
    guard let manifest else { return }
    for scenario in manifest.scenarios {
      let own = read.filter { $0.scenario == scenario.name }
      // Two verdicts on one scenario are none: to pick one would be to choose a result.
      if own.count == 1 {
        verdicts += own
      } else if manifest.gated == true || own.count > 1 {
        problems.append(.notJudged(scenario: scenario.name))
      }
    }
  }

  private mutating func decode<Value: Decodable>(
    _ type: Value.Type, _ attachment: RawFile, schema known: Int, implausibility: (Value) -> String?
  ) -> Value? {
    guard let bytes = attachment.bytes else {
      problems.append(.unreadable(file: attachment.name, reason: attachment.reason ?? "no content"))
      return nil
    }
    guard !bytes.isEmpty else {
      problems.append(.unreadable(file: attachment.name, reason: "the file is empty"))
      return nil
    }
    do {
      let schema = try JSONDecoder().decode(SchemaVersion.self, from: bytes).schema
      guard schema == known else {
        problems.append(.unknownSchema(file: attachment.name, found: schema, known: known))
        return nil
      }
      let value = try JSONDecoder().decode(type, from: bytes)
      if let reason = implausibility(value) {
        problems.append(.implausible(file: attachment.name, reason: reason))
        return nil
      }
      return value
    } catch {
      problems.append(.unreadable(file: attachment.name, reason: Self.reason(error)))
      return nil
    }
  }

  private struct SchemaVersion: Decodable { var schema: Int }

  private static func reason(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "" : " in " + path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return "'\(key.stringValue)' is missing\(place(context.codingPath))"
    case .valueNotFound(_, let context): return "a value is missing\(place(context.codingPath))"
    case .typeMismatch(_, let context): return "a value of another type is expected\(place(context.codingPath))"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "a value is not valid\(place(context.codingPath))"
    case .dataCorrupted, .none: return "not valid JSON, or cut short"
    @unknown default: return "not valid JSON"
    }
  }

  private mutating func withoutDuplicates(_ read: [StoredRound]) -> [StoredRound] {
    let byRound = Dictionary(grouping: read) { RoundKey($0.evidence) }
    for round in read {
      guard let group = byRound[RoundKey(round.evidence)], group.count > 1, group[0].file != round.file else {
        continue
      }
      let evidence = round.evidence
      problems.append(
        .duplicate(
          file: group[0].file, other: round.file, scenario: evidence.scenario,
          framework: evidence.framework, round: evidence.round))
    }
    return read.filter { byRound[RoundKey($0.evidence)]?.count == 1 }
  }

  private mutating func withoutStrangers(_ read: [StoredRound], atMost planned: Int? = nil) -> [StoredRound] {
    guard let manifest else { return read }
    return read.filter { round in
      let evidence = round.evidence
      let expected =
        manifest.scenarios.contains { $0.name == evidence.scenario }
        && manifest.frameworks.contains { $0.name == evidence.framework }
        && evidence.round <= planned ?? manifest.profile.rounds
      if !expected {
        problems.append(
          .unexpected(
            file: round.file, scenario: evidence.scenario, framework: evidence.framework,
            round: evidence.round))
      }
      return expected
    }
  }

  private func inOrder(_ rounds: [StoredRound]) -> [StoredRound] {
    guard let manifest else { return rounds }
    let scenarios = manifest.scenarios.map(\.name)
    let frameworks = manifest.frameworks.map(\.name)
    func place(_ round: StoredRound) -> (Int, Int, Int) {
      let evidence = round.evidence
      return (
        scenarios.firstIndex(of: evidence.scenario) ?? 0, frameworks.firstIndex(of: evidence.framework) ?? 0,
        evidence.round
      )
    }
    return rounds.sorted { place($0) < place($1) }
  }

  private struct RoundKey: Hashable {
    var scenario: String
    var framework: String
    var round: Int

    init(_ evidence: Round) {
      (scenario, framework, round) = (evidence.scenario, evidence.framework, evidence.round)
    }
  }
}
