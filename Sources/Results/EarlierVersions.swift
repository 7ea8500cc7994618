import Foundation

// What files of earlier versions say otherwise than those of today. Nothing else reads a fact out of a sentence.

extension Manifest: VersionedRecord {
  package static let firstSealedSchema = 3

  package init(earlier schema: Int, from decoder: any Decoder) throws {
    try self.init(from: decoder)
    self.schema = Manifest.currentSchema
    let former = try decoder.container(keyedBy: FormerKeys.self)
    distributedRun = try distributedRun ?? former.decodeIfPresent(DistributedPlace.self, forKey: .ensemble)
    environment.settings = environment.settings.withFormerNames
  }
}

/// A file with a round. In version 1, the last one of a scenario said that it ended early.
struct RoundFile: VersionedRecord {
  static let currentSchema = Round.currentSchema
  static let firstSealedSchema = 3
  var round: Round
  var end: ScenarioEnd?

  init(from decoder: any Decoder) throws {
    round = try Round(from: decoder)
  }

  init(earlier schema: Int, from decoder: any Decoder) throws {
    round = try Round(from: decoder)
    round.schema = Round.currentSchema
    let former = try decoder.container(keyedBy: FormerKeys.self)
    round.distributedRun =
      try round.distributedRun ?? former.decodeIfPresent(DistributedFigures.self, forKey: .ensemble)
    if try former.decodeIfPresent(Bool.self, forKey: .endedEarly) == true {
      let isOutOfTime = try former.decodeIfPresent(Bool.self, forKey: .outOfTime) == true
      end = ScenarioEnd(rounds: round.round, cause: isOutOfTime ? .outOfTime : .decided)
    }
  }
}

extension ScenarioVerdicts: VersionedRecord {
  package static let firstSealedSchema = 3

  package init(earlier schema: Int, from decoder: any Decoder) throws {
    guard schema == 1 else {
      try self.init(from: decoder)
      self.schema = ScenarioVerdicts.currentSchema
      return
    }
    let former = try decoder.container(keyedBy: FormerKeys.self)
    self.init(
      scenario: try former.decode(String.self, forKey: .scenario),
      baseline: try former.decode(String.self, forKey: .baseline)
        .replacing(", a foreign one: made", with: ", from another machine: made"),
      results: try former.decode([Ruling].self, forKey: .rulings).map(\.result))
  }

  private struct Ruling: Decodable {
    var result: ThresholdResult

    init(from decoder: any Decoder) throws {
      result = try ThresholdResult(from: decoder)
      guard result.verdict == .undecided else { return }
      let text = try decoder.container(keyedBy: FormerKeys.self).decode(String.self, forKey: .text)
      result.reason = Reason(earlier: text, withBaseline: result.baseline != nil) ?? .inWords(clause: text)
    }
  }
}

extension ScenarioParity: VersionedRecord {
  package static let firstSealedSchema = 1

  /// There is no earlier version.
  package init(earlier schema: Int, from decoder: any Decoder) throws {
    try self.init(from: decoder)
  }
}

extension Baseline: VersionedRecord {
  package init(earlier schema: Int, from decoder: any Decoder) throws {
    try self.init(from: decoder)
  }
}

private enum FormerKeys: CodingKey {
  case ensemble, endedEarly, outOfTime, scenario, baseline, rulings, text
}

extension [String: String] {
  /// Of settings, which baselines keep by name.
  package var withFormerNames: [String: String] {
    var settings = self
    if let workers = settings.removeValue(forKey: "workers for each contestant") {
      settings["workers for each target"] = workers
    }
    return settings
  }
}

extension RoundWarning {
  init(earlier sentence: String) {
    var words = sentence[...]
    var generator: Int?
    if let match = words.prefixMatch(of: #/generator ([0-9]+): /#) {
      (generator, words) = (Int(match.1), words[match.range.upperBound...])
    }
    if words.hasPrefix("limited by the generator") {
      let share = words.firstMatch(of: #/([0-9]+) %/#).flatMap { Double($0.1) }
      self.init(.limitedByGenerator(share: share.map { $0 / 100 }), generator: generator)
    } else if let match = words.prefixMatch(of: /check skipped: (.*); the database is not known/) {
      self.init(.checkSkipped(name: String(match.1)), generator: generator)
    } else {
      self.init(.inWords(sentence: String(words)), generator: generator)
    }
  }
}

extension Reason {
  /// - Parameter text: `… tolerated from 0.9×: undecided: no baseline [portable.json]`
  fileprivate init?(earlier text: String, withBaseline: Bool) {
    guard let start = text.range(of: ": undecided: ")?.upperBound else { return nil }
    let end = withBaseline ? text.range(of: " [", options: .backwards)?.lowerBound : nil
    let clause = String(text[start..<max(start, end ?? text.endIndex)])
    switch clause {
    case "the interval reaches across the threshold": self = .acrossThreshold
    case "beyond the threshold, but not shown at the confidence that the number of questions asks for":
      self = .notConfirmed
    case "no baseline": self = .noBaseline
    case "the reference was not measured beside it": self = .noReference
    default: self = .inWords(clause: clause)
    }
  }
}

extension BaselineUse {
  /// - Parameter note: `foreign portable.json, sanic 1.4.1, now 1.4.2`
  init(earlier note: String) {
    let (name, rest) = note.firstIndex(of: ",").map { (note[..<$0], note[$0...]) } ?? (note[...], "")
    let isOwn = !name.hasPrefix("foreign ")
    func value(_ text: Substring) -> String? { text == "absent" ? nil : String(text) }
    self.init(
      name: String(isOwn ? name : name.dropFirst("foreign ".count)), isOwn: isOwn,
      changes: rest.matches(of: /, ([^ ]+) (.+?), now (.+?)(?=, |$)/).map {
        Change(name: String($0.1), then: value($0.2), now: value($0.3))
      })
  }
}
