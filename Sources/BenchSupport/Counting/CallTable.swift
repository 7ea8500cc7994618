import Foundation
import Results

/// How often functions were called in one stretch of time, as `docker/counting/sitecustomize.py` writes it.
struct CallTable: Equatable {
  struct Function: Hashable {
    /// The file of its code; `module:` and a module where it is built in.
    var place: String
    /// With the classes around it.
    var name: String
    /// Not called, but going on where it waited: a coroutine or a generator.
    var isResumed = false
  }

  var calls: [Function: Double] = [:]

  init(_ calls: [Function: Double] = [:]) {
    self.calls = calls
  }

  /// From JSON: `[[place, name, calls, resumptions], …]`.
  init(json: Data) throws {
    struct Row: Decodable {
      var counts: [(Function, Double)]

      init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        let (place, name) = (try row.decode(String.self), try row.decode(String.self))
        counts = [false, true].map { (Function(place: place, name: name, isResumed: $0), 0) }
        for index in counts.indices { counts[index].1 = try row.decode(Double.self) }
      }
    }
    let rows = try JSONDecoder().decode([Row].self, from: json)
    calls = Dictionary(rows.flatMap(\.counts).filter { $0.1 > 0 }, uniquingKeysWith: +)
  }

  subscript(function: Function) -> Double { calls[function] ?? 0 }

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
  /// Called by time alone, and the most often: it tells how often the timers went off.
  private let marker: CallTable.Function?

  /// - Parameters:
  ///   - perSecond: of a server that is not asked.
  ///   - busy: of so many exchanges.
  init(perSecond: CallTable, busy: CallTable, exchanges: Int) {
    self.perSecond = perSecond
    let byTimeAlone = perSecond.calls.filter { $0.value > 0 && busy[$0.key] < 0.5 * Double(exchanges) }
    marker =
      byTimeAlone.max { ($0.value, $1.key.place, $1.key.name) < ($1.value, $0.key.place, $0.key.name) }?.key
  }

  /// A stretch of time without what timers did in it.
  func takenOff(_ table: CallTable, seconds: Double) -> CallTable {
    let passed = marker.map { table[$0] / perSecond[$0] } ?? seconds
    return table - perSecond * passed
  }

  func isCalled(_ function: CallTable.Function) -> Bool { perSecond[function] > 0 }
}

extension CallTable {
  /// Below this, what is left is a rest of something else.
  private static let least = 0.005
  /// A timer more or less in a stretch of time moves a figure by no more.
  private static let slackOfTimers = 0.3

  /// For each exchange, of a table that holds so many. A figure that timers have a share in is a whole number where it is
  /// near one.
  func perExchange(_ exchanges: Int, _ idle: IdleCalls) -> [Function: Double] {
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
  init(_ function: CallTable.Function, calls: Double, sources: [String]) {
    let (package, module) = FunctionCalls.module(ofPlace: function.place, sources: sources)
    self.init(
      package: package, name: module.isEmpty ? function.name : "\(module).\(function.name)", calls: calls,
      isResumed: function.isResumed)
  }

  private static func module(ofPlace place: String, sources: [String]) -> (package: String, module: String) {
    if let module = place.wholeMatch(of: /module:(.*)/)?.1 {
      return ("builtins", module == "builtins" ? "" : String(module))
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
    for (index, batch) in batches.enumerated() {
      for function in batch {
        calls[function.identity, default: [Double](repeating: 0, count: batches.count)][index] += function.calls
      }
    }
    self = calls.map { function, calls in
      let spread = calls.max()! - calls.min()!
      return FunctionCalls(
        package: function.package, name: function.name, calls: calls.reduce(0, +) / Double(calls.count),
        spread: spread > 0 ? spread : nil, isResumed: function.isResumed)
    }.sorted { ($1.calls, $0.package, $0.name) < ($0.calls, $1.package, $1.name) }
  }
}
