import Gate
import Results
import Statistics

/// What makes figures doubtful, said once, with the places it applies to.
public struct RunWarning: Equatable, Sendable {
  public var text: String
  /// Empty where it is about the whole run.
  public var places: [Place]

  public struct Place: Equatable, Sendable {
    public var scenario: String
    public var framework: String
    /// Empty where all rounds together are meant.
    public var rounds: [Int]

    /// `1–3` and `5`.
    fileprivate var runsOfRounds: [String] {
      var runs: [ClosedRange<Int>] = []
      for round in rounds.sorted() {
        if let last = runs.last, last.upperBound + 1 == round {
          runs[runs.count - 1] = last.lowerBound...round
        } else {
          runs.append(round...round)
        }
      }
      return runs.map { run in
        run.count < 3 ? run.map(String.init).joined(separator: ", ") : "\(run.lowerBound)–\(run.upperBound)"
      }
    }
  }

  /// As it reads in a list; `p99` stays as it is.
  package var sentence: String {
    let isSymbol = text.dropFirst().first?.isNumber == true
    return (isSymbol ? text : text.capitalizedFirst) + (text.hasSuffix(".") ? "" : ".")
  }

  /// `json: sanic (rounds 1, 3), fastapi (all rounds)`; nil where it is about the whole run, or not about `only`.
  public func placesInWords(plannedRounds: Int, in only: String? = nil) -> String? {
    let places = places.filter { only == nil || $0.scenario == only }
    guard !places.isEmpty else { return nil }
    var byScenario: [(scenario: String, words: [String])] = []
    for place in places {
      var words = place.framework
      if place.rounds.count == plannedRounds, plannedRounds > 1 {
        words += " (all rounds)"
      } else if !place.rounds.isEmpty {
        words +=
          " (round\(place.rounds.count == 1 ? "" : "s") \(place.runsOfRounds.joined(separator: ", ")))"
      }
      if byScenario.last?.scenario == place.scenario {
        byScenario[byScenario.count - 1].words.append(words)
      } else {
        byScenario.append((place.scenario, [words]))
      }
    }
    return byScenario.map { "\($0.scenario): \($0.words.joined(separator: ", "))" }.joined(separator: "; ")
  }
}

extension RunWarning.Place {
  /// A cell as a whole.
  fileprivate init(_ cell: CellSummary) {
    self.init(scenario: cell.scenario, framework: cell.framework.name, rounds: [])
  }
}

extension RunWarning {
  /// The warnings that the rounds carry and those that their figures call for, each once.
  package static func all(_ manifest: Manifest, _ scenarios: [ScenarioSummary]) -> [RunWarning] {
    let cells = scenarios.flatMap(\.cells)
    return yardstick(manifest, scenarios) + recorded(cells) + disturbed(manifest, cells)
      + [fewConnections(manifest, cells), unsteady(cells), lopsided(cells)]
      .compactMap(\.self) + fewSamples(cells)
  }

  /// What the gate could not decide is no pass.
  package static func undecided(_ verdicts: [ScenarioVerdicts]) -> [RunWarning] {
    let rulings = verdicts.flatMap(\.results)
    let open = rulings.filter { $0.verdict == .undecided }
    guard !open.isEmpty else { return [] }
    return [
      RunWarning(
        text: "The gate could not decide \(Figure.count(open.count)) of \(Figure.count(rulings.count)) thresholds: "
          + "no regression was shown there, and none was excluded.",
        places: open.reduce(into: []) { places, ruling in
          let place = Place(scenario: ruling.scenario, framework: ruling.framework, rounds: [])
          if !places.contains(place) { places.append(place) }
        })
    ]
  }

  private static func yardstick(_ manifest: Manifest, _ scenarios: [ScenarioSummary]) -> [RunWarning] {
    guard let reference = manifest.frameworks.first(where: \.isReference) else {
      return [RunWarning(text: "The reference was not part of this run, so there are no ratios to it.", places: [])]
    }
    let without = scenarios.compactMap { $0.cell(reference.name) }.filter { !$0.verdict.isSound }
    guard !without.isEmpty else { return [] }
    return [
      RunWarning(
        text: "The reference has no sound figures here, so there are no ratios to it.",
        places: without.map(Place.init))
    ]
  }

  /// Sentences that differ only in their numbers are one warning; those about different generators are not.
  private static func recorded(_ cells: [CellSummary]) -> [RunWarning] {
    var order: [String] = []
    var byKey: [String: (texts: [String], places: [Place])] = [:]
    for cell in cells {
      for round in cell.rounds {
        for warning in round.warnings {
          let (text, key) = (warning.text, warning.group)
          if byKey[key] == nil { order.append(key) }
          var entry = byKey[key] ?? ([], [])
          if !entry.texts.contains(text) { entry.texts.append(text) }
          add(round.round, of: cell, to: &entry.places)
          byKey[key] = entry
        }
      }
    }
    return order.compactMap { key in
      byKey[key].map { entry in
        let first = entry.texts[0]
        return RunWarning(
          text: entry.texts.count == 1
            ? first : "\(first) (the first of \(entry.texts.count) that differ in their figures)",
          places: entry.places)
      }
    }
  }

  private static func add(_ round: Int, of cell: CellSummary, to places: inout [Place]) {
    let name = cell.framework.name
    if let index = places.firstIndex(where: { $0.scenario == cell.scenario && $0.framework == name }) {
      if !places[index].rounds.contains(round) { places[index].rounds.append(round) }
    } else {
      places.append(Place(scenario: cell.scenario, framework: name, rounds: [round]))
    }
  }

  private static func disturbed(_ manifest: Manifest, _ cells: [CellSummary]) -> [RunWarning] {
    let processors = Double(max(1, manifest.environment.processors))
    let idle = collect(cells, above: GatePolicy.standard.idleCPU) { round in
      round.resources.idleCpuS.values.max().map { $0 / round.load.windowS }
    }
    let other = collect(cells, above: GatePolicy.standard.otherCPU) { round in
      round.resources.otherCpuS.map { $0 / round.load.windowS / processors }
    }
    let steal = collect(cells, above: GatePolicy.standard.stealCPU) { round in
      round.resources.stealCpuS.map { $0 / round.load.windowS / processors }
    }
    let quota = collect(cells, above: GatePolicy.standard.quota) { round in
      round.resources.quotaThrottledS.map { $0 / round.load.windowS / processors }
    }
    let heat = collect(cells, above: 0) { $0.resources.heatThrottlings.map(Double.init) }
    return [
      idle.map { worst, places in
        RunWarning(
          text: "A target that was not under load used more than 2 % of a core (up to \(percent(worst)) %).",
          places: places)
      },
      other.map { worst, places in
        RunWarning(
          text: "Other work used more than 10 % of the machine (up to \(percent(worst)) %).", places: places)
      },
      steal.map { worst, places in
        RunWarning(
          text: "The hypervisor gave more than 2 % of the machine to others (up to \(percent(worst)) %).",
          places: places)
      },
      quota.map { worst, places in
        RunWarning(
          text: "The CPU quota of the suite's control group withheld more than 2 % of the machine (up to "
            + "\(percent(worst)) %).", places: places)
      },
      heat.map { worst, places in
        RunWarning(
          text: "Processors were slowed down for heat (up to \(Figure.counted(Int(worst), "time")) in a window).",
          places: places)
      },
    ].compactMap(\.self)
  }

  private static func collect(
    _ cells: [CellSummary], above limit: Double, share: (Round) -> Double?
  ) -> (worst: Double, places: [Place])? {
    var worst = limit
    var places: [Place] = []
    for cell in cells {
      for round in cell.rounds {
        guard let share = share(round), share > limit else { continue }
        worst = max(worst, share)
        add(round.round, of: cell, to: &places)
      }
    }
    return places.isEmpty ? nil : (worst, places)
  }

  private static func percent(_ share: Double) -> String { Figure.significant(share * 100, digits: 2) }

  private static func fewConnections(_ manifest: Manifest, _ cells: [CellSummary]) -> RunWarning? {
    var places: [Place] = []
    for cell in cells {
      for round in cell.rounds where round.load.connections < manifest.connections {
        add(round.round, of: cell, to: &places)
      }
    }
    guard !places.isEmpty else { return nil }
    return RunWarning(text: "Fewer than the planned \(manifest.connections) connections were used.", places: places)
  }

  private static func unsteady(_ cells: [CellSummary]) -> RunWarning? {
    let places = cells.filter { $0.rounds.contains { $0.warmUp?.isSteady == false } }
      .map(Place.init)
    guard !places.isEmpty else { return nil }
    return RunWarning(
      text: "The throughput was not steady at the end of the warm-up, so the first rounds may still belong to it.",
      places: places)
  }

  /// Of a target with several workers.
  private static func lopsided(_ cells: [CellSummary]) -> RunWarning? {
    let places = cells.filter { cell in
      let rounds = cell.rounds.filter {
        ($0.resources.server?.processes ?? 0) > GatePolicy.standard.processesOfOneWorker
      }
      let affected = rounds.count { ($0.resources.server?.busiestShare ?? 0) > GatePolicy.standard.busiestWorker }
      return affected * 2 > cell.rounds.count
    }.map(Place.init)
    guard !places.isEmpty else { return nil }
    return RunWarning(
      text:
        "One process used more than \(percent(GatePolicy.standard.busiestWorker)) % of the target's CPU time in most "
        + "rounds: its workers did not share the connections.", places: places)
  }

  private static func fewSamples(_ cells: [CellSummary]) -> [RunWarning] {
    [99.0, 95].compactMap { percent in
      let places = cells.filter { $0.latency.map { !$0.isSupported(percent) } ?? false }
        .map(Place.init)
      guard !places.isEmpty else { return nil }
      let needed = Int((1_000 / (100 - percent)).rounded())
      return RunWarning(
        text: "p\(Int(percent)) rests on fewer than \(Figure.count(needed)) responses, so single ones decide it"
          + " (marked in the tables).", places: places)
    }
  }
}
