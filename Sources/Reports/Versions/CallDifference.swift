import Results
import Statistics

/// A function, or a kind of call, that head makes more often or less often than base for a request, in some scenarios.
struct CallDifference: Equatable {
  /// The distribution that it belongs to.
  var package: String
  var name: String
  /// Whether it is a coroutine or a generator that goes on where it waited, and no call.
  var isResumed = false
  /// Whether it is the sum of a kind.
  var isTotal = false
  /// Where it differs, in the manifest's order. Not empty.
  var places: [Place]

  struct Place: Equatable {
    var scenario: String
    var base: Double
    var head: Double
    /// How far batches lie apart, of both sides together.
    var spread: Double = 0

    var difference: Double { head - base }

    /// Whether both sides differ by more than a timer, and by more than what batches of one side can make of it.
    var isShown: Bool { CountText.differs(base, head) && abs(difference) > 2 * spread }
  }

  /// Its name where nothing else tells what it is.
  var title: String { package == FunctionCalls.kernel && !isTotal ? "\(name) (system call)" : name }

  /// Whether it is a call of a Python function: no statement, no system call and no resumption.
  var isFunction: Bool { !isResumed && package != FunctionCalls.database && package != FunctionCalls.kernel }

  /// The largest of its scenarios, with its sign.
  var largest: Double { places.map(\.difference).max { abs($0) < abs($1) } ?? 0 }

  /// `0`, or `1 to 3` where it is not the same in all scenarios.
  var base: String { Self.reach(places.map(\.base), CountText.figure) }
  var head: String { Self.reach(places.map(\.head), CountText.figure) }
  var difference: String { Self.reach(places.map(\.difference), Self.signed) }

  static func signed(_ difference: Double) -> String {
    (difference < 0 ? "−" : "+") + CountText.figure(abs(difference))
  }

  static func reach(_ values: [Double], _ words: (Double) -> String) -> String {
    guard let least = values.min(), let most = values.max() else { return Figure.missing }
    let (low, high) = (words(least), words(most))
    return low == high ? low : "\(low) to \(high)"
  }

  /// Statements, then system calls, then Python functions by package: the package with the largest difference first, in it the
  /// largest first. What is built in follows from the others, and comes after them. Resumptions come last.
  static func functions(_ sides: VersionSides, _ run: RunSummary) -> [CallDifference] {
    var found: [FunctionCalls.Identity: CallDifference] = [:]
    for scenario in counted(run) {
      guard let (base, head) = cells(scenario, sides, run), !base.functions.isEmpty, !head.functions.isEmpty else {
        continue
      }
      let (before, now) = (calls(base), calls(head))
      for key in Set(before.keys).union(now.keys) {
        let place = Place(
          scenario: scenario, base: before[key]?.calls ?? 0, head: now[key]?.calls ?? 0,
          spread: (before[key]?.spread ?? 0) + (now[key]?.spread ?? 0))
        guard place.isShown else { continue }
        found[
          key, default: CallDifference(package: key.package, name: key.name, isResumed: key.isResumed, places: [])
        ].places.append(place)
      }
    }
    return [false, true].flatMap { isResumed in inOrder(found.values.filter { $0.isResumed == isResumed }) }
  }

  private static func inOrder(_ differences: [CallDifference]) -> [CallDifference] {
    let weight = Dictionary(grouping: differences, by: \.package).mapValues { $0.map { abs($0.largest) }.max() ?? 0 }
    func key(_ difference: CallDifference) -> (Double, String, Double, String) {
      let rank =
        switch difference.package {
        case FunctionCalls.database: Double.infinity
        case FunctionCalls.kernel: Double.greatestFiniteMagnitude
        case FunctionCalls.builtins: -1.0
        case let package: weight[package] ?? 0
        }
      return (-rank, difference.package, -abs(difference.largest), difference.name)
    }
    return differences.sorted { key($0) < key($1) }
  }

  /// Statements, system calls and Python calls in all.
  static func totals(_ sides: VersionSides, _ run: RunSummary) -> [CallDifference] {
    let metrics = [
      (CountMetric.databaseStatements, FunctionCalls.database), (.systemCalls, FunctionCalls.kernel),
      (.pythonCalls, "Python"),
    ]
    return metrics.compactMap { metric, package in
      let places = counted(run).compactMap { scenario -> Place? in
        guard let (base, head) = cells(scenario, sides, run), let before = base[metric], let now = head[metric] else {
          return nil
        }
        let place = Place(
          scenario: scenario, base: before.value, head: now.value, spread: before.halfWidth + now.halfWidth)
        return place.isShown ? place : nil
      }
      return places.isEmpty
        ? nil : CallDifference(package: package, name: "all \(metric.title)", isTotal: true, places: places)
    }
  }

  /// The scenarios in which both sides' functions were counted.
  static func comparedScenarios(_ sides: VersionSides, _ run: RunSummary) -> [String] {
    counted(run).filter { scenario in
      cells(scenario, sides, run).map { !$0.base.functions.isEmpty && !$0.head.functions.isEmpty } ?? false
    }
  }

  static func counted(_ run: RunSummary) -> [String] { run.scenarios.map(\.entry.name) }

  static func cells(_ scenario: String, _ sides: VersionSides, _ run: RunSummary)
    -> (base: CellCounts, head: CellCounts)?
  {
    let own = run.counts.filter { $0.scenario == scenario }
    guard let base = own.first(where: { $0.framework == sides.base.name }),
      let head = own.first(where: { $0.framework == sides.head.name })
    else { return nil }
    return (base, head)
  }

  private static func calls(_ cell: CellCounts) -> [FunctionCalls.Identity: FunctionCalls] {
    Dictionary(cell.functions.map { ($0.identity, $0) }) { first, _ in first }
  }
}
