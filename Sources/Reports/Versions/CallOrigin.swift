import Results
import Statistics

/// A call that head makes more often or less often than base for a request although its caller is not called more often or less
/// often: where differences begin.
struct CallOrigin: Equatable {
  /// The name of the Python function that makes the call.
  var caller: String
  var function: String
  /// Where it differs, in the manifest's order. Not empty.
  var places: [Place]

  struct Place: Equatable {
    var scenario: String
    var base: Double
    var head: Double
    /// How many calls more, or fewer, come of it: itself, and what the function calls, as far as that is made more often, or
    /// less often, than before at all.
    var following: Double
  }

  var base: String { CallDifference.reach(places.map(\.base), CountText.figure) }
  var head: String { CallDifference.reach(places.map(\.head), CountText.figure) }
  var following: String { CallDifference.reach(places.map(\.following), CallDifference.signed) }

  /// Those that the most comes of, first.
  static func all(_ sides: VersionSides, _ run: RunSummary) -> [CallOrigin] {
    var found: [CallGraph.Call: CallOrigin] = [:]
    for scenario in CallDifference.comparedScenarios(sides, run) {
      guard let (base, head) = CallDifference.cells(scenario, sides, run) else { continue }
      for (call, place) in places(CallGraph(base.functions), CallGraph(head.functions), scenario) {
        found[call, default: CallOrigin(caller: call.caller, function: call.function, places: [])].places.append(place)
      }
    }
    func key(_ origin: CallOrigin) -> (Double, String, String) {
      (-(origin.places.map { abs($0.following) }.max() ?? 0), origin.function, origin.caller)
    }
    return found.values.sorted { key($0) < key($1) }
  }

  private static func places(_ base: CallGraph, _ head: CallGraph, _ scenario: String) -> [(CallGraph.Call, Place)] {
    Set(base.calls.keys).union(head.calls.keys).compactMap { call in
      let (before, now) = (base.calls[call] ?? 0, head.calls[call] ?? 0)
      // As often as before for each call of the caller. What is never called for a request, such as a loop over the messages
      // of a connection, is as it was.
      let (callerBefore, callerNow) = (base.total(call.caller), head.total(call.caller))
      let expected = callerBefore > 0 ? before * callerNow / callerBefore : callerNow > 0 ? now : before
      let spread = base.spread(call) + head.spread(call)
      let excess = now - expected
      let beyond = CallDifference.Place(scenario: scenario, base: expected, head: now, spread: spread)
      // Made as often as before, it begins nothing, whatever else calls its caller.
      guard beyond.isShown, CountText.differs(before, now), (excess > 0) == (now > before) else { return nil }
      let (more, less) = excess > 0 ? (head, base) : (base, head)
      let following = more.calls(under: call.function).reduce(0) { sum, entry in
        sum + min(abs(excess) * entry.value, max(0, more.total(entry.key) - less.total(entry.key)))
      }
      // What only another function calls now is as much as before.
      guard CountText.differs(0, following) else { return nil }
      return (call, Place(scenario: scenario, base: before, head: now, following: excess > 0 ? following : -following))
    }
  }
}

/// Which Python function calls which for an exchange, and how often.
struct CallGraph {
  struct Call: Hashable {
    var caller: String
    var function: String
  }

  private(set) var calls: [Call: Double] = [:]
  private var totals: [String: Double] = [:]
  private var spreads: [String: Double] = [:]
  private var callees: [String: [(function: String, calls: Double)]] = [:]

  private static let deepest = 100
  /// Below this, a call is none of an exchange.
  private static let least = 0.005
  /// Below this, nothing is left of what calls itself.
  private static let rest = 1e-6

  init(_ functions: [FunctionCalls]) {
    for function in functions where !function.isResumed {
      totals[function.name, default: 0] += function.calls
      spreads[function.name, default: 0] += function.spread ?? 0
      for (caller, number) in (function.callers ?? [:]).sorted(by: { $0.key < $1.key }) {
        calls[Call(caller: caller, function: function.name), default: 0] += number
        callees[caller, default: []].append((function.name, number))
      }
    }
  }

  /// Calls of a function for an exchange.
  func total(_ function: String) -> Double { totals[function] ?? 0 }

  /// How far batches lie apart, of the function and of its caller.
  func spread(_ call: Call) -> Double { (spreads[call.function] ?? 0) + (spreads[call.caller] ?? 0) }

  /// How often each function is called by one call of a function: itself once, and what it calls, also by way of others.
  func calls(under function: String) -> [String: Double] {
    var made: [String: Double] = [:]
    var last = [function: 1.0]
    // Each turn follows calls one deeper. Of what calls itself, less and less is left.
    for _ in 0..<Self.deepest where !last.isEmpty {
      made.merge(last, uniquingKeysWith: +)
      var next: [String: Double] = [:]
      for (caller, times) in last.sorted(by: { $0.key < $1.key }) {
        guard total(caller) >= Self.least else { continue }
        for (function, calls) in callees[caller] ?? [] { next[function, default: 0] += times * calls / total(caller) }
      }
      last = next.filter { $0.value >= Self.rest }
    }
    return made
  }
}
