import BenchSupport
import Foundation
import LoadEngine

/// `shootout load`: the engine by hand, on one URL.
struct LoadCommand {
  private let plan: LoadPlan
  private let url: String
  private let json: String?

  init(_ words: Arguments) throws {
    var arguments = words
    let count = try arguments.number("--connections") ?? 50
    let threads = try arguments.number("--threads") ?? 1
    let window = try arguments.duration("--duration") ?? .seconds(10)
    let rampUp = try arguments.duration("--rampup")
    let warmUp = try arguments.duration("--warmup") ?? .zero
    let timeout = try arguments.duration("--timeout") ?? .seconds(10)
    let rate = try arguments.positive("--rate")
    let arrivals = arguments.flag("--poisson") ? Arrivals.poisson : .constant
    guard rate != nil || arrivals == .constant else {
      throw UsageError("--poisson goes with --rate, such as --rate 1000 --poisson")
    }
    let seed = try arguments.number("--seed") ?? 1
    json = try arguments.option("--json")
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
    plan.window = window
    plan.rampUp = rampUp
    plan.warmUp = warmUp
    plan.timeout = timeout
    plan.seed = UInt64(seed)
    if let rate { plan.pacing = .openLoop(perSecond: rate, arrivals: arrivals) }
    self.plan = plan
  }

  func run() throws -> ExitCode {
    let monitor = LoadMonitor()
    let interrupt = InterruptHandler { monitor.cancel() }
    defer { interrupt.end() }
    let live = LiveLine(monitor: monitor)
    let result: LoadResult
    do throws(LoadPlanError) { result = try plan.run(monitor: monitor) } catch {
      live.end()
      if case .outOfRange = error { throw UsageError("\(error)") }
      throw error
    }
    live.end()
    let summary = LoadSummary(result, pacing: plan.pacing)
    if json == "-" {
      print(try summary.json())
    } else {
      print(summary.text(url: url, plan: plan))
      if let json { try summary.json().write(toFile: json, atomically: true, encoding: .utf8) }
    }
    if result.isCancelled { return .interrupted }
    return result.errors.total == 0 && result.measured.verified > 0 ? .success : .failed
  }
}

extension Arguments {
  /// A whole number that is not negative.
  mutating func number(_ name: String) throws(UsageError) -> Int? {
    guard let text = try option(name) else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw UsageError("\(name) '\(text)' is not a whole number; right would be \(name) 50")
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
