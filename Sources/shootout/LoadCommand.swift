import BenchSupport
import Foundation
import LoadEngine
import Results
import WireFormats

/// `shootout load`: the engine by hand, on one URL.
struct LoadCommand {
  private let plan: LoadPlan
  private let url: String
  private let limits: LoadLimits
  private let json: String?
  private let progress: String?

  init(_ words: Arguments) throws {
    var arguments = words
    try InputFile.requireOneReader(words)
    let count = try arguments.number("--connections") ?? 50
    let threads = try arguments.number("--threads") ?? 1
    let requests = try arguments.number("--requests")
    let duration = try arguments.duration("--duration")
    let rampUp = try arguments.duration("--rampup")
    let warmUp = try arguments.duration("--warmup") ?? .zero
    let timeout = try arguments.duration("--timeout") ?? .seconds(10)
    let rate = try arguments.positive("--rate")
    let arrivals = arguments.flag("--poisson") ? Arrivals.poisson : .constant
    guard rate != nil || arrivals == .constant else {
      throw UsageError("--poisson goes with --rate, such as --rate 1000 --poisson")
    }
    let seed = try arguments.number("--seed") ?? 1
    limits = try LoadLimits(&arguments, isOpenLoop: rate != nil)
    json = try arguments.option("--json")
    progress = try arguments.option("--progress-json")
    guard json == nil || json != progress else {
      throw UsageError("--json and --progress-json both name '\(json ?? "")'; right would be two places")
    }
    let request = try LoadRequest(&arguments)
    let operands = try arguments.operands(known: Command.load.knownOptions)
    guard operands.count == 1, let operand = operands.first else {
      throw UsageError(
        "shootout load takes one URL, and was given \(operands.count); such as http://127.0.0.1:8000/ping")
    }
    let url = try usage { try HTTPURL(operand) }
    self.url = "\(url)"
    var plan = LoadPlan(endpoint: url.endpoint, work: request.work(at: url))
    plan.connections = count
    plan.threads = threads
    plan.window = duration ?? (requests == nil ? .seconds(10) : LoadCommand.longest)
    plan.requests = requests
    plan.rampUp = rampUp
    plan.warmUp = warmUp
    plan.timeout = timeout
    plan.seed = UInt64(seed)
    if let rate { plan.pacing = .openLoop(perSecond: rate, arrivals: arrivals) }
    self.plan = plan
  }

  /// So long a number of requests may take where nobody says how long.
  private static let longest = Duration.seconds(86_400)

  func run() throws -> ExitCode {
    let file = try ResultFile.named(json, by: "--json")
    let monitor = LoadMonitor(isWatched: progress != nil)
    // The first ends the window; what is in flight then is cut off by the second, and by time.
    let interrupt = InterruptHandler([SIGINT, SIGTERM, SIGHUP], times: 2) { monitor.cancel() }
    defer { interrupt.end() }
    let started = Date()
    let progress = try progress.map { try LoadProgress(monitor, to: $0) }
    let live = LiveLine(monitor: monitor)
    let result: LoadResult
    do throws(LoadPlanError) { result = try plan.run(monitor: monitor) } catch {
      live.end()
      if case .outOfRange = error { throw UsageError("\(error)") }
      throw error
    }
    live.end()
    // Whoever reads the results may keep them waiting, and can be left.
    interrupt.end()
    let outcomes = limits.outcomes(of: result, plan)
    let report = LoadReport(result, plan: plan, url: url, started: started, limits: outcomes)
    if json != nil, file == nil {
      print(try report.text())
    } else {
      try file?.write(report.text() + "\n")
      print(LoadSummary(result, plan: plan).text(url: url))
    }
    for missed in outcomes where !missed.isMet { complain("shootout: --\(missed.name): \(missed.text)") }
    try progress?.end()
    return exitCode(of: result, outcomes)
  }

  /// One error is too many, unless a share of them is allowed.
  private func exitCode(of result: LoadResult, _ outcomes: [LoadLimits.Outcome]) -> ExitCode {
    if result.isCancelled { return .interrupted }
    let isSound = result.errors.total == 0 || limits.errorRate != nil
    return isSound && result.shortfall(plan) == nil && result.measured.verified > 0 && outcomes.allSatisfy(\.isMet)
      ? .success : .failed
  }
}

extension Arguments {
  /// A whole number that is not negative.
  mutating func number(_ name: String, such example: Int = 50) throws(UsageError) -> Int? {
    guard let text = try option(name) else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw UsageError("\(name) '\(text)' is not a whole number; right would be \(name) \(example)")
    }
    return number
  }

  mutating func positive(_ name: String) throws(UsageError) -> Double? {
    guard let text = try option(name) else { return nil }
    guard let number = Double(text), number > 0, number.isFinite else {
      throw UsageError("\(name) '\(text)' is not a number above zero; right would be \(name) 1000")
    }
    return number
  }

  mutating func duration(_ name: String) throws(UsageError) -> Duration? {
    guard let text = try option(name) else { return nil }
    return try shootout.duration(text, for: name)
  }
}

/// A mistake in what the user gave, whichever part noticed it.
func usage<Value, Failure>(_ body: () throws(Failure) -> Value) throws(UsageError) -> Value {
  do { return try body() } catch { throw UsageError("\(error)") }
}
