import Text

/// Something about the raw results of a run that keeps it from being complete. Each one names its file.
public enum RawResultsProblem: Error, Equatable, Sendable, CustomStringConvertible {
  case noManifest
  /// The run was ended before it came to its end.
  case ended(RunEnd)
  /// Two files say different things about what the run set out to do.
  case contradictingManifests(file: String, other: String)
  case unreadable(file: String, reason: String)
  case unknownSchema(file: String, found: Int, known: Int)
  /// It does not hold what was written to it.
  case altered(file: String)
  /// The file can be read and says something that cannot be, or what contradicts itself.
  case implausible(file: String, reason: String)
  case duplicate(file: String, other: String, scenario: String, framework: String, round: Int)
  /// A round of a cell that the manifest does not expect.
  case unexpected(file: String, scenario: String, framework: String, round: Int)
  /// The run was to be judged, and this scenario was not.
  case notJudged(scenario: String)
  /// Two files judge one scenario.
  case judgedTwice(scenario: String, file: String, other: String)
  /// The parity test of a scenario did not come to its end.
  case parityUnfinished(scenario: String, reason: String)
  case parityTwice(scenario: String)
  case parityMissing(scenario: String)
  /// A cell was to be counted, and nothing says what.
  case countsMissing(scenario: String, framework: String)
  case countedTwice(scenario: String, framework: String)
  /// A scenario was counted, and not judged by it.
  case countsNotJudged(scenario: String)
  /// It does not say that it belongs to the run of the manifest.
  case ofAnotherRun(file: String)
  case retestsMissing(scenario: String, found: Int, expected: Int)

  /// One line, whatever the files hold.
  public var description: String { words.escapingControls }

  private var words: String {
    switch self {
    case .noManifest:
      "no manifest.json among the attachments: nothing was measured, and what the tests printed says why"
    case .ended(let end):
      "the run was \(end)"
    case .contradictingManifests(let file, let other):
      "\(file) and \(other) are manifests that differ: these are attachments of more than one run"
    case .unreadable(let file, let reason):
      "\(file) cannot be read: \(reason)"
    case .unknownSchema(let file, let found, let known):
      "\(file) has schema version \(found); this build reads versions 1 to \(known)"
    case .altered(let file):
      "\(file) was changed since it was written: its checksum does not fit; take the file as it was measured, or measure again"
    case .implausible(let file, let reason):
      "\(file) is implausible: \(reason)"
    case .duplicate(let file, let other, let scenario, let framework, let round):
      "\(file) and \(other) both are round \(round) of \(scenario) on \(framework); neither is used"
    case .unexpected(let file, let scenario, let framework, let round):
      "\(file) is round \(round) of \(scenario) on \(framework), which the manifest does not expect"
    case .notJudged(let scenario):
      "\(scenario) was not judged by the gate: its gate--\(scenario).json is missing"
    case .judgedTwice(let scenario, let file, let other):
      "\(file) and \(other) both judge \(scenario); neither is used"
    case .parityUnfinished(let scenario, let reason):
      "the parity test of \(scenario) did not come to its end: \(reason)"
    case .parityMissing(let scenario):
      "what the parity test of \(scenario) found is missing: no parity--\(scenario).json that can be used"
    case .countsMissing(let scenario, let framework):
      "\(scenario) on \(framework) was not counted: its counts--\(scenario)--\(framework).json is missing"
    case .countedTwice(let scenario, let framework):
      "more than one counts--\(scenario)--\(framework).json: none is used"
    case .countsNotJudged(let scenario):
      "\(scenario) was not judged by its counts: its count-gate--\(scenario).json is missing, or there is more than one"
    case .ofAnotherRun(let file):
      "\(file) does not belong to the run of this manifest; take the file that was measured with it"
    case .retestsMissing(let scenario, let found, let expected):
      "\(found) of the \(expected) rounds are there that the gate measured again of \(scenario)"
    case .parityTwice(let scenario):
      "more than one parity--\(scenario).json: the parity test of \(scenario) ran twice"
    }
  }
}
