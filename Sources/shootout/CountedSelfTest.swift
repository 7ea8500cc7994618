import BenchSupport
import Foundation
import Gate
import Reports
import Results
import Stack

/// The gate by counts on two copies of an application, one of which costs more by a known amount.
struct CountedSelfTest {
  var target: Target
  var runs: Int
  var changes: [SelfTestChange]
  var places: SelfTestPlaces
  var configuration: Configuration
  var interrupts: Interrupts

  private static let usualScenarios = ["ping", "db-read", "sse", "websocket", "json-large"]
  /// Where it is found what a turn costs, and by how many of them.
  private static let calibrated = "ping"
  private static let calibrationTurns = 200

  /// - Returns: false where it was interrupted.
  func run() throws -> Bool {
    var turns: [String: TurnCost] = [:]
    var test = CountedTrials()
    if changes.contains(where: { if case .dearer = $0 { true } else { false } }) {
      guard let calibrated = try calibrate() else { return false }
      turns = calibrated
    }
    for run in 1...runs {
      for change in changes {
        guard let trial = try measure(change, turns, run: run) else {
          print(test.text)
          return false
        }
        test.add(trial, change: change.title)
        print("run \(run)/\(runs), \(change.title): \(trial.inWords)")
      }
    }
    print("\n\(target.name), two copies of its application\n\n\(test.text)")
    return true
  }

  /// What an exchange costs, and what a turn of the loop adds.
  private struct TurnCost {
    var instructions: Double
    var turn: Double

    func turns(for percent: Double) -> Int { max(1, Int((instructions * percent / 100 / turn).rounded())) }
  }

  /// A turn costs the same in every handler, and is best seen in the cheapest; nil where it was interrupted.
  private func calibrate() throws -> [String: TurnCost]? {
    let (cheapest, turns) = (Self.calibrated, Self.calibrationTurns)
    let scenarios = [cheapest] + dearScenarios.filter { $0 != cheapest }
    guard
      let (directory, results) = try compare(
        scenarios, base: { $0 }, head: { try places.withTurns([cheapest: turns], $0) })
    else { return nil }
    func instructions(_ scenario: String, _ side: String) throws -> Double {
      let cell = results.counts.first { $0.scenario == scenario && $0.framework == side }
      guard let value = cell?[.instructions]?.value else {
        throw GateSelfTestError(log: directory.path + "/log.txt", problems: results.problems.map(\.description))
      }
      return value
    }
    let added = try instructions(cheapest, "head") - instructions(cheapest, "base")
    let turn = added / Double(turns)
    guard turn > 1 else {
      throw GateSelfTestError(log: directory.path + "/log.txt", problems: ["\(turns) turns of a loop were not seen"])
    }
    print(String(format: "calibrated: a turn of the loop costs %.1f instructions", turn))
    return try Dictionary(
      uniqueKeysWithValues: dearScenarios.map { ($0, TurnCost(instructions: try instructions($0, "base"), turn: turn)) }
    )
  }

  private var selected: [String] {
    ComparisonRun.setting("SHOOTOUT_SCENARIOS") == nil ? Self.usualScenarios : configuration.scenarios
  }

  /// Those whose handlers the self-test knows.
  private var dearScenarios: [String] { selected.filter { places.handlers[$0] != nil } }

  private func measure(
    _ change: SelfTestChange, _ turns: [String: TurnCost], run: Int
  ) throws -> CountedTrials.Trial? {
    let (scenarios, called): ([String], String?)
    let edit: (String) throws -> String
    switch change {
    case .none, .unused: (scenarios, called, edit) = (selected, nil, { $0 })
    case .dearer(let percent):
      (scenarios, called) = (dearScenarios, nil)
      edit = { try places.withTurns(turns.mapValues { $0.turns(for: percent) }, $0) }
    case .query:
      (scenarios, called) = ([places.query.scenario], places.query.called)
      edit = { try places.inserting(places.query.lines, after: places.query.after, in: $0) }
    case .middleware:
      (scenarios, called) = ([places.middleware.scenario], places.middleware.called)
      edit = { try places.inserting(places.middleware.lines, after: places.middleware.after, in: $0) }
    }
    // Two copies that are the same lie in the same places. Those of a change never do, nor do those of two runs.
    func placed(_ number: Int, _ text: String) -> String {
      change == .none ? text : SelfTestPlaces.withUnused(number, text)
    }
    let sides = try compare(
      scenarios, base: { placed(2 * run, $0) }, head: { placed(2 * run + 1, try edit($0)) })
    guard let (directory, results) = sides else { return nil }
    guard results.countVerdicts.count == scenarios.count, results.problems.isEmpty else {
      throw GateSelfTestError(log: directory.path + "/log.txt", problems: results.problems.map(\.description))
    }
    return CountedTrials.Trial(results, called: called)
  }

  /// Counts two copies of the application, each changed as it says; nil where it was interrupted.
  private func compare(
    _ scenarios: [String], base editBase: (String) throws -> String, head editHead: (String) throws -> String
  ) throws -> (RunDirectory, RawResults)? {
    // Paths are the same in every run, and of one length on both sides: where a file lies is in what an interpreter does.
    let copies = configuration.results + "/gate-selftest/frameworks"
    let (base, head) = ("\(copies)/base/\(target.name)", "\(copies)/head/\(target.name)")
    func make(_ copy: String, _ edit: (String) throws -> String) throws {
      try? FileManager.default.removeItem(atPath: copy)
      try FileManager.default.createDirectory(
        atPath: (copy as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: target.source, toPath: copy)
      let file = copy + "/" + places.file
      try Data(edit(String(contentsOfFile: file, encoding: .utf8)).utf8).write(to: URL(fileURLWithPath: file))
    }
    try make(base, editBase)
    try make(head, editHead)
    let run = ComparisonRun(
      configuration: configuration, interrupts: interrupts, filter: "CountsTests",
      settings: [
        "SHOOTOUT_COMPARE_FRAMEWORK": target.name, "SHOOTOUT_COMPARE_BASE": base,
        "SHOOTOUT_COMPARE_HEAD": head, "SHOOTOUT_COMPARE_TOLERANCE": "", "SHOOTOUT_COMPARE_SLOWDOWN": "",
        "SHOOTOUT_SCENARIOS": scenarios.joined(separator: ","), "SHOOTOUT_COUNTS": "on", "SHOOTOUT_TIMES": "off",
      ])
    return try run.measure()
  }
}
