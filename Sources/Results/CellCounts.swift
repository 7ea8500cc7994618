/// What one exchange of a scenario costs a framework, counted and not timed: the attachment
/// `counts--<scenario>--<framework>.json`.
///
/// One worker answered on one connection, and every response was verified. What cannot be had is absent, with its reason.
public struct CellCounts: Codable, Equatable, Sendable {
  public static let currentSchema = 1
  /// Stands in ``absent`` where it is not known which system calls were made, but only how many.
  public static let systemCallNames = "system_calls_by_name"

  public var schema = CellCounts.currentSchema
  public var scenario: String
  public var framework: String
  /// ISO 8601, UTC: when the counting began.
  public var started: String
  public var conditions: CountConditions
  /// By metric.
  public var figures: [String: CountedFigure]
  /// By metric, and of ``systemCallNames``: why there is no figure, as a clause.
  public var absent: [String: String]
  /// How often each function is called; by package and name. Empty where calls were not counted.
  public var functions: [FunctionCalls]
  /// What was wrong with an answer; then there are no figures.
  public var failure: String?

  public init(
    scenario: String, framework: String, started: String, conditions: CountConditions,
    figures: [CountMetric: CountedFigure], absent: [CountMetric: String] = [:], functions: [FunctionCalls] = []
  ) {
    self.scenario = scenario
    self.framework = framework
    self.started = started
    self.conditions = conditions
    self.figures = Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, $0.value) })
    self.absent = Dictionary(uniqueKeysWithValues: absent.map { ($0.key.rawValue, $0.value) })
    self.functions = functions
  }

  public subscript(metric: CountMetric) -> CountedFigure? { figures[metric.rawValue] }

  /// What differs from start to start, counted on another start of the server as well.
  public mutating func add(_ other: CellCounts, of metrics: Set<CountMetric> = Set(CountMetric.allCases)) {
    for metric in metrics.map(\.rawValue) {
      guard let own = figures[metric], let figure = other.figures[metric] else { continue }
      figures[metric] = CountedFigure(
        starts: own.starts + figure.starts, halfWidth: max(own.halfWidth, figure.halfWidth),
        batches: min(own.batches, figure.batches))
    }
  }

  /// A cell whose answers were not right.
  public init(
    scenario: String, framework: String, started: String, conditions: CountConditions, failure: String
  ) {
    self.init(
      scenario: scenario, framework: framework, started: started, conditions: conditions, figures: [:],
      absent: Dictionary(uniqueKeysWithValues: CountMetric.allCases.map { ($0, "an answer was wrong") }))
    self.failure = failure
  }

  public var fileName: String { "counts--\(scenario)--\(framework).json" }
}

extension CellCounts: VersionedRecord {
  package static let firstSealedSchema = 1

  package init(earlier schema: Int, from decoder: any Decoder) throws {
    try self.init(from: decoder)
  }

  /// Why it cannot be; nil where it can.
  var implausibility: String? {
    for (name, figure) in figures.sorted(by: { $0.key < $1.key }) {
      if CountMetric(rawValue: name) == nil { return "nothing is known of '\(name)'" }
      let numbers = figure.starts + [figure.halfWidth]
      if figure.starts.isEmpty || figure.batches < 1 || !numbers.allSatisfy({ $0.isFinite && $0 >= 0 }) {
        return "\(name) is no count"
      }
    }
    let isWhole = CountMetric.allCases.allSatisfy { figures[$0.rawValue] != nil || absent[$0.rawValue] != nil }
    if !isWhole { return "a figure is neither there nor said to be absent" }
    let calls = functions.flatMap { [$0.calls] + ($0.callers.map { Array($0.values) } ?? []) }
    return calls.allSatisfy { $0.isFinite && $0 >= 0 } ? nil : "a function's calls are no number"
  }
}

/// A number for each exchange.
public struct CountedFigure: Codable, Equatable, Sendable {
  /// The mean of each start of the server. Not empty.
  public var starts: [Double]
  /// Half of the 95 % interval of a start's mean, from its batches of exchanges; zero where all batches agree.
  public var halfWidth: Double
  /// Of a start.
  public var batches: Int

  public init(starts: [Double], halfWidth: Double, batches: Int) {
    self.starts = starts
    self.halfWidth = halfWidth
    self.batches = batches
  }

  /// The least of the starts: what else a start differs by, such as where things lie in memory, only adds.
  public var value: Double { starts.min() ?? 0 }
}

/// How often a function is called for one exchange, or how often a coroutine or generator goes on where it waited.
public struct FunctionCalls: Codable, Hashable, Sendable {
  /// The distribution or top-level package, such as `starlette`; `Python` for the standard library, `builtins` for what is
  /// built in, `application` for the framework's folder, `PostgreSQL` where it is no function but a statement, `kernel` where it
  /// is a system call.
  public var package: String
  /// Such as `starlette.routing.Route.matches`, or the text of a statement.
  public var name: String
  /// Or resumptions.
  public var calls: Double
  /// True where what was called before is resumed, absent where it is called.
  public var resumed: Bool?
  /// The difference between the most and the fewest of several batches; absent where there is none. How bytes
  /// arrive and when timers go off decide some calls.
  public var spread: Double?
  /// Its calls by the name of the Python function that makes them; those that nobody in Python makes are in none. Absent where
  /// it is not known.
  public var callers: [String: Double]?

  /// The package of statements.
  public static let database = "PostgreSQL"
  /// The package of system calls.
  public static let kernel = "kernel"
  /// The package of what is built into the interpreter and its extensions.
  public static let builtins = "builtins"

  public init(
    package: String, name: String, calls: Double, spread: Double? = nil, callers: [String: Double]? = nil,
    isResumed: Bool = false
  ) {
    self.package = package
    self.name = name
    self.calls = calls
    self.spread = spread
    self.callers = callers
    resumed = isResumed ? true : nil
  }

  /// What is counted.
  public struct Identity: Hashable, Sendable {
    public var package: String
    public var name: String
    public var isResumed: Bool
  }

  public var isResumed: Bool { resumed == true }
  public var identity: Identity { Identity(package: package, name: name, isResumed: isResumed) }
}

/// What counts depend on, beside the framework: where two runs have the same, their counts can be compared, on whatever
/// machines they were made.
public struct CountConditions: Codable, Hashable, Sendable {
  /// Each start has a layout of memory of its own, no collection of all objects falls into a batch, resumptions are no calls, and
  /// a timer of an exchange is not taken for one of the server.
  public static let currentMethod = 4

  /// Grows when the same server would be counted otherwise by this suite; absent is 1.
  public var method: Int?
  /// What `sys.version` says, in one line.
  public var interpreter: String
  /// Such as `glibc 2.36`.
  public var cLibrary: String
  /// Such as `x86_64`.
  public var architecture: String
  /// What the C library chooses its functions by, as the counting program shows it to them, such as `x86-64-v3`.
  public var processor: String
  /// The version of valgrind; absent where nothing was counted with it.
  public var valgrind: String?
  /// Whose memory the server uses, such as `jemalloc 5.3.0`; absent where it is the C library's.
  public var allocator: String?
  /// `process` or `docker`.
  public var deployment: String
  /// All installed distributions of the framework, by name.
  public var packages: [String: String]

  public init(
    interpreter: String, cLibrary: String, architecture: String, processor: String, valgrind: String?,
    allocator: String?, deployment: String, packages: [String: String]
  ) {
    method = CountConditions.currentMethod
    self.interpreter = interpreter
    self.cLibrary = cLibrary
    self.architecture = architecture
    self.processor = processor
    self.valgrind = valgrind
    self.allocator = allocator
    self.deployment = deployment
    self.packages = packages
  }

  /// What forbids a comparison where it differs: everything but the packages, which are part of the question.
  public var ofMachine: [String: String] {
    [
      "interpreter": interpreter, "C library": cLibrary, "architecture": architecture, "processor": processor,
      "method": "\(method ?? 1)", "valgrind": valgrind ?? "none", "allocator": allocator ?? "of the C library",
      "deployment": deployment,
    ]
  }

  /// Twelve hexadecimal digits, of everything but the packages: the name of the file that holds a baseline of counts.
  public var fingerprint: String {
    var fingerprint = Fingerprint()
    for (name, value) in ofMachine.sorted(by: { $0.key < $1.key }) {
      fingerprint.add(name)
      fingerprint.add(value)
    }
    return String(fingerprint.text.prefix(12))
  }
}
