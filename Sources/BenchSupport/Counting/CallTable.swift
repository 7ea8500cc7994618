import Foundation
import Results

/// How often functions were called in one stretch of time, as `docker/counting/sitecustomize.py` writes it.
struct CallTable: Equatable {
  struct Function: Hashable {
    /// The file of its code; `module:` and a module where it is built in.
    var place: String
    /// With the classes around it.
    var name: String
  }

  /// A function that is called by another one.
  struct Call: Hashable {
    var function: Function
    /// nil where nobody in Python calls it, and of what is resumed.
    var caller: Function?
    /// Not called, but going on where it waited: a coroutine or a generator.
    var isResumed = false
  }

  var calls: [Call: Double] = [:]

  init(_ calls: [Call: Double] = [:]) {
    self.calls = calls
  }

  /// From JSON: `[[place, name, caller's place, caller's name, calls, resumptions], …]`; without a caller, both are empty.
  init(json: Data) throws {
    struct Row: Decodable {
      var function: Function
      var caller: Function
      var calls: Double
      var resumptions: Double

      init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        function = Function(place: try row.decode(String.self), name: try row.decode(String.self))
        caller = Function(place: try row.decode(String.self), name: try row.decode(String.self))
        calls = try row.decode(Double.self)
        resumptions = try row.decode(Double.self)
      }
    }
    for row in try JSONDecoder().decode([Row].self, from: json) {
      let caller = row.caller.place.isEmpty ? nil : row.caller
      if row.calls > 0 { calls[Call(function: row.function, caller: caller), default: 0] += row.calls }
      if row.resumptions > 0 { calls[Call(function: row.function, isResumed: true), default: 0] += row.resumptions }
    }
  }

  subscript(call: Call) -> Double { calls[call] ?? 0 }

  var total: Double { calls.values.reduce(0, +) }

  static func - (left: CallTable, right: CallTable) -> CallTable {
    CallTable(left.calls.merging(right.calls.mapValues { -$0 }, uniquingKeysWith: +))
  }

  static func * (table: CallTable, factor: Double) -> CallTable {
    CallTable(table.calls.mapValues { $0 * factor })
  }
}

/// What a server's functions are called by itself, without being asked: by timers.
struct IdleCalls: Equatable {
  /// In a second.
  private let perSecond: CallTable
  /// Called by time alone, as far as is known, and the most often: the one of them that is called least in a stretch of time
  /// tells how often the timers went off. An exchange that waits sets a timer of its own, and calls some of them, too.
  private let markers: [CallTable.Call]
  /// Two that the same timer calls differ by less, whenever a second begins.
  private static let sameTimer = 0.8

  /// - Parameters:
  ///   - quiet: seconds in which the server was not asked. What was called in one of them and not in another is no timer's.
  ///   - busy: of so many exchanges.
  init(quiet: [CallTable], busy: CallTable, exchanges: Int) {
    let always = quiet.first?.calls.keys.map { call in (call, quiet.map { $0[call] }.min() ?? 0) } ?? []
    self.init(
      perSecond: CallTable(Dictionary(uniqueKeysWithValues: always.filter { $0.1 > 0 })), busy: busy,
      exchanges: exchanges)
  }

  /// - Parameters:
  ///   - perSecond: of a server that is not asked.
  ///   - busy: of so many exchanges.
  init(perSecond: CallTable, busy: CallTable, exchanges: Int) {
    self.perSecond = perSecond
    let byTimeAlone = perSecond.calls.filter { $0.value > 0 && busy[$0.key] < 0.5 * Double(exchanges) }
    let most = byTimeAlone.values.max() ?? 0
    markers = byTimeAlone.filter { $0.value >= Self.sameTimer * most }.map(\.key)
  }

  /// A stretch of time without what timers did in it.
  func takenOff(_ table: CallTable, seconds: Double) -> CallTable {
    let passed = markers.map { table[$0] / perSecond[$0] }.min() ?? seconds
    return table - perSecond * passed
  }

  func isCalled(_ call: CallTable.Call) -> Bool { perSecond[call] > 0 }
}

extension CallTable {
  /// Below this, what is left is a rest of something else.
  private static let least = 0.005
  /// A timer more or less in a stretch of time moves a figure by no more.
  private static let slackOfTimers = 0.3

  /// For each exchange, of a table that holds so many. A figure that timers have a share in is a whole number where it is
  /// near one.
  func perExchange(_ exchanges: Int, _ idle: IdleCalls) -> [Call: Double] {
    let slack = Swift.min(CallTable.slackOfTimers, 2 / Double(exchanges))
    return calls.reduce(into: [:]) { figures, entry in
      var figure = entry.value / Double(exchanges)
      let whole = figure.rounded()
      if idle.isCalled(entry.key), abs(figure - whole) <= slack { figure = whole }
      if figure >= CallTable.least { figures[entry.key] = figure }
    }
  }
}

extension FunctionCalls {
  /// Names that do not tell where something is installed, so that two virtual environments agree.
  ///
  /// - Parameter sources: where the folder of the application may be.
  init(_ call: CallTable.Call, calls: Double, sources: [String]) {
    let (package, name) = FunctionCalls.name(call.function, sources: sources)
    let caller = call.caller.map { FunctionCalls.name($0, sources: sources).name }
    self.init(
      package: package, name: name, calls: calls, callers: caller.map { [$0: calls] }, isResumed: call.isResumed)
  }

  private static func name(_ function: CallTable.Function, sources: [String]) -> (package: String, name: String) {
    let (package, module) = module(ofPlace: function.place, sources: sources)
    return (package, module.isEmpty ? function.name : "\(module).\(function.name)")
  }

  private static func module(ofPlace place: String, sources: [String]) -> (package: String, module: String) {
    if let module = place.wholeMatch(of: /module:(.*)/)?.1 {
      return (FunctionCalls.builtins, module == FunctionCalls.builtins ? "" : String(module))
    }
    if let installed = place.firstMatch(of: /^.*\/(?:site|dist)-packages\/(.+)$/)?.1 {
      let name = dotted(installed)
      return (String(name.prefix { $0 != "." }), name)
    }
    for source in sources where place.hasPrefix(source + "/") {
      return ("application", dotted(place.dropFirst(source.count + 1)))
    }
    if let library = place.firstMatch(of: /^.*\/lib(?:64)?\/python[0-9.]+\/(.+)$/)?.1 {
      return ("Python", dotted(library))
    }
    if let frozen = place.wholeMatch(of: /<frozen (.+)>/)?.1 { return ("Python", String(frozen)) }
    // Made while it runs, such as a template's or a data class's: its number says nothing.
    return ("application", place.replacing(/\b0x[0-9a-f]+\b/, with: "").replacing(/^.*\//, with: ""))
  }

  /// `starlette/routing.py` is `starlette.routing`.
  private static func dotted(_ path: some StringProtocol) -> String {
    String(path).replacing(/\.pyx?$/, with: "").replacing(/\/__init__$/, with: "").replacing("/", with: ".")
  }
}

extension [FunctionCalls] {
  /// The mean of several batches, with how far they lie apart: each name once, the most frequent first.
  init(batches: [[FunctionCalls]]) {
    var calls: [FunctionCalls.Identity: [Double]] = [:]
    var callers: [FunctionCalls.Identity: [String: Double]] = [:]
    for (index, batch) in batches.enumerated() {
      for function in batch {
        calls[function.identity, default: [Double](repeating: 0, count: batches.count)][index] += function.calls
        for (caller, calls) in function.callers ?? [:] {
          callers[function.identity, default: [:]][caller, default: 0] += calls / Double(batches.count)
        }
      }
    }
    self = calls.map { function, calls in
      let spread = calls.max()! - calls.min()!
      return FunctionCalls(
        package: function.package, name: function.name, calls: calls.reduce(0, +) / Double(calls.count),
        spread: spread > 0 ? spread : nil, callers: callers[function], isResumed: function.isResumed)
    }.sorted { ($1.calls, $0.package, $0.name) < ($0.calls, $1.package, $1.name) }
  }
}
