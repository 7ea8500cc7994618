import Foundation

/// What the attachments of a run hold, sorted out: the manifest, the rounds that can be trusted, and by
/// name everything that cannot.
///
/// Which cell a round belongs to is read from its content, never from its name. Two files for one round are both left
/// out: to pick one would be to choose a result.
public struct RawResults: Sendable {
  public var manifest: Manifest?
  public private(set) var manifestFile: String?
  /// By scenario and framework in the manifest's order, then by round.
  public var rounds: [Round] = []
  /// By name, in the order of `rounds`.
  package private(set) var files: [String] = []
  /// What the gate measured again. No figure is made of them; what failed in them failed.
  public var retests: [Round] = []
  /// In the order of their files' names.
  public var lost: [LostCell] = []
  /// In the manifest's order.
  public var verdicts: [ScenarioVerdicts] = []
  /// What parity tests of the same run found, in the manifest's order.
  public var parities: [ScenarioParity] = []
  /// In the manifest's order, by scenario and framework.
  public var counts: [CellCounts] = []
  /// In the manifest's order.
  public var countVerdicts: [CountVerdicts] = []
  /// How servers behaved as load grew, lasted or failed.
  public var behaviour = BehaviourRecords()
  /// By scenario, where it is known.
  public var ends: [String: ScenarioEnd] = [:]
  public var problems: [RawResultsProblem] = []
  /// Files that are no results, by name. They do no harm; they are listed so that nothing is hidden.
  public var ignored: [String] = []

  /// What the manifest says of which run it is; nil in earlier versions.
  package private(set) var run: String?

  private typealias Stored = (file: String, round: Round)

  /// - Parameter read: gives the bytes of a file, once for each; throws an `UnreadableFile`.
  public init(_ names: [String], read: (String) throws -> Data) {
    let names = Dictionary(grouping: names.sorted(), by: Kind.init)
    ignored = names[.other] ?? []
    readEnd(names[.end] ?? [], read)
    readManifest(names[.manifest] ?? [], read)
    let stored = inOrder(withoutStrangers(withoutDuplicates(readRounds(names[.round] ?? [], read))))
    (rounds, files) = (stored.map(\.round), stored.map(\.file))
    // The gate has looks of its own, which may come after more rounds than are planned.
    retests = inOrder(
      withoutStrangers(withoutDuplicates(readRounds(names[.retest] ?? [], read)), atMost: Int.max)
    ).map(\.round)
    readLost(names[.lost] ?? [], read)
    readVerdicts(names[.verdicts] ?? [], read)
    readParities(names[.parity] ?? [], read)
    readCounts(names[.counts] ?? [], read)
    readCountVerdicts(names[.countVerdicts] ?? [], read)
    readCurve(names[.curve] ?? [], read)
    readCurveEnds(names[.curveEnd] ?? [], read)
    readCurveLosses(names[.curveLoss] ?? [], read)
    readSoak(names[.soak] ?? [], read)
    readFaults(names[.fault] ?? [], read)
    countRetests()
  }

  /// What a name promises. Where two names collided, the testing library put a random suffix into the second.
  private enum Kind {
    case manifest, round, verdicts, retest, lost, parity, counts, countVerdicts, curve, curveEnd, curveLoss, soak,
      fault, end, other

    init(_ name: String) {
      switch name {
      case _ where !name.hasSuffix(".json"): self = .other
      case _ where name.hasPrefix("manifest"): self = .manifest
      case RunEnd.fileName: self = .end
      case _ where name.hasPrefix("gate--"): self = .verdicts
      case _ where name.hasPrefix("lost--"): self = .lost
      case _ where name.hasPrefix("parity--"): self = .parity
      case _ where name.hasPrefix("counts--"): self = .counts
      case _ where name.hasPrefix("count-gate--"): self = .countVerdicts
      case _ where name.hasPrefix("curve--"): self = .curve
      case _ where name.hasPrefix("curve-end--"): self = .curveEnd
      case _ where name.hasPrefix("curve-lost--"): self = .curveLoss
      case _ where name.hasPrefix("soak--"): self = .soak
      case _ where name.hasPrefix("fault--"): self = .fault
      // The former name of a retest.
      case _ where name.hasPrefix("retest--") || name.hasPrefix("confirm--"): self = .retest
      default: self = name.contains("--") ? .round : .other
      }
    }
  }

  private mutating func readRounds(_ files: [String], _ read: (String) throws -> Data) -> [Stored] {
    files.compactMap { file in
      let expected = manifest
      let stored = decode(RoundFile.self, file, read) {
        $0.round.implausibility ?? $0.round.contradiction(expected)
      }
      guard let stored else { return nil }
      if let end = stored.end, end.rounds < ends[stored.round.scenario]?.rounds ?? Int.max {
        ends[stored.round.scenario] = end
      }
      return (file, stored.round)
    }
  }

  private mutating func readEnd(_ files: [String], _ read: (String) throws -> Data) {
    problems += files.compactMap { decode(RunEnd.self, $0, read, implausibility: \.implausibility).map { .ended($0) } }
  }

  private mutating func readManifest(_ candidates: [String], _ read: (String) throws -> Data) {
    for candidate in candidates {
      guard let decoded = decode(Manifest.self, candidate, read, implausibility: \.implausibility) else { continue }
      if let manifest, let manifestFile {
        // Every test may attach the manifest; they have to agree.
        if manifest != decoded { problems.append(.contradictingManifests(file: candidate, other: manifestFile)) }
      } else {
        (manifest, manifestFile) = (decoded, candidate)
      }
    }
    if candidates.isEmpty { problems.append(.noManifest) }
  }

  private mutating func readLost(_ files: [String], _ read: (String) throws -> Data) {
    let expected = manifest
    lost = files.compactMap { file in
      decode(LostCell.self, file, read) { cell in
        guard let expected else { return nil }
        let isExpected =
          expected.scenarios.contains { $0.name == cell.scenario }
          && expected.frameworks.contains { $0.name == cell.framework }
        return isExpected ? nil : "the manifest expects no \(cell.scenario) on \(cell.framework)"
      }
    }
  }

  private mutating func readVerdicts(_ files: [String], _ read: (String) throws -> Data) {
    let (expected, measured) = (manifest, rounds)
    var stored: [(file: String, verdicts: ScenarioVerdicts)] = []
    var unusable: [String] = []
    for file in files {
      let verdicts = decode(ScenarioVerdicts.self, file, read) { verdicts in
        let own = measured.filter { $0.scenario == verdicts.scenario }
        return verdicts.implausibility ?? expected.flatMap { verdicts.contradiction(own, $0) }
      }
      if let verdicts { stored.append((file, verdicts)) } else { unusable.append(file) }
    }
    guard let manifest else { return }
    for scenario in manifest.scenarios.map(\.name) {
      let own = stored.filter { $0.verdicts.scenario == scenario }
      // Two verdicts on one scenario are none: to pick one would be to choose a result.
      if own.count == 1 {
        verdicts.append(own[0].verdicts)
        ends[scenario] = own[0].verdicts.end ?? ends[scenario]
      } else if own.count > 1 {
        problems.append(.judgedTwice(scenario: scenario, file: own[0].file, other: own[1].file))
      } else if manifest.gated == true, !lost.contains(where: { $0.scenario == scenario }),
        !unusable.contains(where: { isVerdicts($0, of: scenario) })
      {
        problems.append(.notJudged(scenario: scenario))
      }
    }
  }

  private mutating func readParities(_ files: [String], _ read: (String) throws -> Data) {
    let stored = files.compactMap { decode(ScenarioParity.self, $0, read, implausibility: { _ in nil }) }
    for scenario in manifest?.scenarios.map(\.name) ?? [] {
      let own = stored.filter { $0.scenario == scenario }
      if own.count > 1 { problems.append(.parityTwice(scenario: scenario)) }
      if own.isEmpty, let manifest, manifest.parity?.contains(scenario) == true {
        // What was found against whom is not known any more, so nobody has a rank.
        problems.append(.parityMissing(scenario: scenario))
        let names = manifest.frameworks.map(\.name)
        parities.append(
          ScenarioParity(
            scenario: scenario, frameworks: names,
            faults: Dictionary(names.map { ($0, [ScenarioParity.isMissing]) }) { first, _ in first }))
      }
      parities += own
      for parity in own {
        if let reason = parity.unfinished {
          problems.append(.parityUnfinished(scenario: scenario, reason: reason))
        }
      }
    }
  }

  private mutating func readCounts(_ files: [String], _ read: (String) throws -> Data) {
    let expected = manifest
    let stored = files.compactMap { file in
      decode(CellCounts.self, file, read) { cell in
        if let reason = cell.implausibility { return reason }
        let isExpected =
          expected?.counted?.contains(cell.scenario) == true
          && expected?.countedFrameworks.contains(cell.framework) == true
        return isExpected ? nil : "the manifest expects no counts of \(cell.scenario) on \(cell.framework)"
      }
    }
    for scenario in manifest?.counted ?? [] {
      for framework in manifest?.countedFrameworks ?? [] {
        let own = stored.filter { $0.scenario == scenario && $0.framework == framework }
        switch own.count {
        case 1: counts += own
        case 0: problems.append(.countsMissing(scenario: scenario, framework: framework))
        default: problems.append(.countedTwice(scenario: scenario, framework: framework))
        }
      }
    }
  }

  private mutating func readCountVerdicts(_ files: [String], _ read: (String) throws -> Data) {
    let stored = files.compactMap { decode(CountVerdicts.self, $0, read, implausibility: { _ in nil }) }
    for scenario in manifest?.counted ?? [] {
      let own = stored.filter { $0.scenario == scenario }
      if own.count == 1 { countVerdicts += own } else { problems.append(.countsNotJudged(scenario: scenario)) }
    }
  }

  /// By its name, for it may say nothing else: `gate--ping.json`, or with a suffix that a collision of names gave it.
  private func isVerdicts(_ file: String, of scenario: String) -> Bool {
    file == "gate--\(scenario).json"
      || file.firstMatch(of: /^gate--(.+)-[0-9A-Za-z]+\.json$/).map { $0.1 == scenario } ?? false
  }

  /// What failed in a retest has failed, so that none of them may be missing.
  private mutating func countRetests() {
    for verdicts in verdicts {
      let found = retests.count { $0.scenario == verdicts.scenario }
      guard let expected = verdicts.retests, found != expected else { continue }
      problems.append(.retestsMissing(scenario: verdicts.scenario, found: found, expected: expected))
    }
  }

  mutating func decode<Record: VersionedRecord>(
    _ type: Record.Type, _ file: String, _ read: (String) throws -> Data, implausibility: (Record) -> String?
  ) -> Record? {
    do {
      let bytes = try read(file)
      if bytes.isEmpty { throw UnreadableFile(reason: "the file is empty") }
      let record = try ResultsCoding.decode(type, from: bytes)
      let own = Seal.run(of: bytes)
      if let run, type != RunEnd.self, own != run {
        problems.append(.ofAnotherRun(file: file))
        return nil
      }
      guard let reason = implausibility(record) else {
        if record is Manifest, manifest == nil { run = own }
        return record
      }
      problems.append(.implausible(file: file, reason: reason))
    } catch let error as UnreadableFile {
      problems.append(.unreadable(file: file, reason: error.reason))
    } catch is AlteredRecord {
      problems.append(.altered(file: file))
    } catch let error as UnknownSchema {
      problems.append(.unknownSchema(file: file, found: error.found, known: type.currentSchema))
    } catch {
      problems.append(.unreadable(file: file, reason: ResultsCoding.reason(error)))
    }
    return nil
  }

  private mutating func withoutDuplicates(_ read: [Stored]) -> [Stored] {
    let byRound = Dictionary(grouping: read) { [$0.round.scenario, $0.round.framework, "\($0.round.round)"] }
    return read.filter { file, round in
      guard let first = byRound[[round.scenario, round.framework, "\(round.round)"]], first.count > 1 else {
        return true
      }
      if first[0].file != file {
        problems.append(
          .duplicate(
            file: first[0].file, other: file, scenario: round.scenario, framework: round.framework, round: round.round))
      }
      return false
    }
  }

  private mutating func withoutStrangers(_ read: [Stored], atMost planned: Int? = nil) -> [Stored] {
    guard let manifest else { return read }
    return read.filter { file, round in
      let isExpected =
        manifest.scenarios.contains { $0.name == round.scenario }
        && manifest.frameworks.contains { $0.name == round.framework }
        && round.round <= planned ?? manifest.profile.rounds
      if !isExpected {
        problems.append(
          .unexpected(file: file, scenario: round.scenario, framework: round.framework, round: round.round))
      }
      return isExpected
    }
  }

  private func inOrder(_ stored: [Stored]) -> [Stored] {
    guard let manifest else { return stored }
    let scenarios = manifest.scenarios.map(\.name)
    let frameworks = manifest.frameworks.map(\.name)
    func place(_ round: Round) -> (Int, Int, Int) {
      (scenarios.firstIndex(of: round.scenario) ?? 0, frameworks.firstIndex(of: round.framework) ?? 0, round.round)
    }
    return stored.sorted { place($0.round) < place($1.round) }
  }
}

/// Why a file gives no bytes, in words.
public struct UnreadableFile: Error {
  public var reason: String

  package init(reason: String) {
    self.reason = reason
  }
}
