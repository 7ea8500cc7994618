import Results

/// The cells of one scenario that have no result: a pure value that is told what became of the stack.
package struct Losses: Equatable {
  private let scenario: String
  private let usesDatabase: Bool
  private let frameworks: [String]
  package private(set) var cells: [LostCell] = []
  private var taken = 0

  package init(_ scenario: Scenario, _ frameworks: [String]) {
    self.scenario = scenario.name
    usesDatabase = scenario.asksDatabase
    self.frameworks = frameworks
  }

  package subscript(_ framework: String) -> LostCell? { cells.first { $0.framework == framework } }

  package var areAll: Bool { frameworks.allSatisfy { self[$0] != nil } }

  /// A database that is gone is gone for all cells of a scenario that uses it. Anything else concerns one.
  package mutating func add(_ outage: Outage, of framework: String, _ phase: LostCell.Phase) {
    let place = LostCell.Place(scenario: scenario, framework: framework, phase: phase)
    let isOfAll = outage.isOfAll || (outage.isOfDatabase && !outage.isOver && usesDatabase)
    let concerned = isOfAll ? frameworks : [framework]
    for name in concerned where self[name] == nil {
      cells.append(LostCell(scenario: scenario, framework: name, outage: outage, seen: place))
    }
  }

  /// Those that were added since this was last asked.
  package mutating func takeNew() -> [LostCell] {
    defer { taken = cells.count }
    return Array(cells[taken...])
  }
}
