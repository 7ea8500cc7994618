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
      guard !dearScenarios.isEmpty else {
        throw UsageError(
          "no handler of \(target.name) can be made dearer in \(selected.joined(separator: ", ")); "
            + "right would be one of \(Scenario.names.filter(places.scenarios.contains).joined(separator: ", "))")
      }
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
        scenarios, base: Side(), head: Side(insertions: places.loops([cheapest: turns])))
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
  private var dearScenarios: [String] { selected.filter(places.scenarios.contains) }

  private func measure(
    _ change: SelfTestChange, _ turns: [String: TurnCost], run: Int
  ) throws -> CountedTrials.Trial? {
    let (scenarios, called): ([String], String?)
    let insertions: [SelfTestPlaces.Insertion]
    switch change {
    case .none, .unused: (scenarios, called, insertions) = (selected, nil, [])
    case .dearer(let percent):
      (scenarios, called) = (dearScenarios, nil)
      insertions = places.loops(turns.mapValues { $0.turns(for: percent) })
    case .query: (scenarios, called, insertions) = places.query.parts
    case .middleware: (scenarios, called, insertions) = places.middleware.parts
    }
    // Two copies that are the same lie in the same places. Those of a change never do, nor do those of two runs.
    func unused(_ number: Int) -> Int? { change == .none ? nil : number }
    let sides = try compare(
      scenarios, base: Side(unused: unused(2 * run)), head: Side(insertions: insertions, unused: unused(2 * run + 1)))
    guard let (directory, results) = sides else { return nil }
    guard results.countVerdicts.count == scenarios.count, results.problems.isEmpty else {
      throw GateSelfTestError(log: directory.path + "/log.txt", problems: results.problems.map(\.description))
    }
    return CountedTrials.Trial(results, called: called)
  }

  /// What is changed in one of the two copies.
  private struct Side {
    var insertions: [SelfTestPlaces.Insertion] = []
    /// nil adds no functions that are never called.
    var unused: Int?
  }

  /// Counts two copies of the application, each changed as it says; nil where it was interrupted.
  private func compare(
    _ scenarios: [String], base baseSide: Side, head headSide: Side
  ) throws -> (RunDirectory, RawResults)? {
    // Paths are the same in every run, and of one length on both sides: where a file lies is in what an interpreter does.
    let copies = configuration.results + "/gate-selftest/frameworks"
    let (base, head) = ("\(copies)/base/\(target.name)", "\(copies)/head/\(target.name)")
    func make(_ copy: String, _ side: Side) throws {
      try? FileManager.default.removeItem(atPath: copy)
      try FileManager.default.createDirectory(
        atPath: (copy as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: target.source, toPath: copy)
      try places.change(copy, side.insertions, unused: side.unused)
    }
    try make(base, baseSide)
    try make(head, headSide)
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

extension SelfTestPlaces.Change {
  fileprivate var parts: ([String], String?, [SelfTestPlaces.Insertion]) { ([scenario], called, insertions) }
}
