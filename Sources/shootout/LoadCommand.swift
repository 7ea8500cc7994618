import BenchSupport
import Foundation
import LoadEngine
import Results
import WireFormats

/// The engine by hand, on one URL.
struct LoadCommand: Command {
  static let about = CommandDescription(
    name: "load", group: .look, summary: "load one URL, verify every response, and say how long each took",
    notes: [
      """
      Latency runs from the send to the last byte; with --rate from the instant at
      which the request was due. Only verified answers count. Ctrl-C ends the load
      early and shows what was measured, a second one at once. What was in flight
      at the end of the window and timed out, or was never sent, is in the latency
      at its age, so that a stall costs the same wherever it falls.
      """,
      """
      A WebSocket message is answered by itself, byte for byte. Where it is JSON of
      the form {"event":…,"data":…}, which it is without --message, its data is right
      too, white space between the tokens apart. --expect-body says another answer.
      http://user:password@host/ is Basic authentication.
      """,
      """
      exit code: 0 all verified, 1 errors, nothing verified or a limit missed,
      2 could not measure, 3 bad usage, 130 Ctrl-C
      """,
      """
      A FILE to read may be a pipe, and - is the standard input. One to write is
      written through: a file, a link to one, a FIFO, a device.
      """,
    ],
    examples: [
      "shootout load http://127.0.0.1:8000/ping",
      "shootout load --rate 2000 --poisson --duration 30s http://127.0.0.1:8000/json",
      "shootout load --rate 500 --strict-rate --max-p99 20ms http://127.0.0.1:8000/",
      "shootout load --requests 1000 --connections 1 http://127.0.0.1:8000/json",
      "shootout load --upload file=photo.jpg http://127.0.0.1:8000/upload",
      "shootout load --header 'Authorization: Bearer x' http://127.0.0.1:8000/json",
      "shootout load --websocket http://127.0.0.1:8000/ws",
    ])

  @Option("--connections", "N", .number, "connections held open at a time") private var connections = 50
  @Option("--threads", "N", .number, "threads that share them") private var threads = 1
  @Option("--duration", "D", .duration, "the measured time: 10s, 500ms, 2m (10s)") private var duration: Duration?
  @Option("--requests", "N", .number, "exactly so many instead, and --duration at the most") private var requests: Int?
  @Option("--rampup", "D", .duration, "the connections are opened over this time (1ms each)")
  private var rampUp: Duration?
  @Option("--warmup", "D", .duration, "then, verified and not counted") private var warmUp = Duration.zero
  @Option("--rate", "R", .positive, "R requests a second: an open loop (as answers come)") private var rate: Double?
  @Option("--poisson", "with --rate: at random distances instead of equal ones") private var isPoisson: Bool
  @Option("--timeout", "D", .duration, "for one connect, and for one exchange") private var timeout = Duration.seconds(
    10)
  @Option("--seed", "N", .number, "for everything that is drawn") private var seed = 1
  private var request = LoadRequest()
  private var limits = LoadLimits()
  @Option("--json", "FILE|-", .file, "the result as JSON, to a file or as the output") private var json: String?
  @Option("--progress-json", "FILE", .file, "a line of JSON a second while the load runs") private var progress: String?
  @Operands("URL", .nothing, mistake: mistake) private var operand: String

  private static func mistake(_ count: Int) -> String {
    "shootout load takes one URL, and was given \(count); such as http://127.0.0.1:8000/ping"
  }

  /// So long a number of requests may take where nobody says how long.
  private static let longest = Duration.seconds(86_400)

  private func plan(_ url: HTTPURL) throws -> LoadPlan {
    guard rate != nil || !isPoisson else {
      throw UsageError("--poisson goes with --rate, such as --rate 1000 --poisson")
    }
    guard rate != nil || !limits.isRateStrict else {
      throw UsageError("--strict-rate goes with --rate, such as --rate 1000 --strict-rate")
    }
    guard json == nil || json != progress else {
      throw UsageError("--json and --progress-json both name '\(json ?? "")'; right would be two places")
    }
    var plan = LoadPlan(endpoint: url.endpoint, work: try request.work(at: url))
    plan.connections = connections
    plan.threads = threads
    plan.window = duration ?? (requests == nil ? .seconds(10) : Self.longest)
    plan.requests = requests
    plan.rampUp = rampUp
    plan.warmUp = warmUp
    plan.timeout = timeout
    plan.seed = UInt64(seed)
    if let rate { plan.pacing = .openLoop(perSecond: rate, arrivals: isPoisson ? .poisson : .constant) }
    return plan
  }

  func run() throws -> ExitCode {
    let url = try usage { try HTTPURL(operand) }
    let plan = try plan(url)
    let file = try ResultFile.named(json, by: "--json")
    let monitor = LoadMonitor(isWatched: progress != nil)
    // The first ends the window; what is in flight then is cut off by the second, and by time.
    let interrupt = InterruptHandler { monitor.cancel() }
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
    let report = LoadReport(result: result, plan: plan, url: "\(url)", started: started, limits: outcomes)
    if json != nil, file == nil {
      print(try report.text())
    } else {
      try file?.write(report.text() + "\n")
      print(LoadSummary(result: result, plan: plan).text(url: "\(url)"))
    }
    for missed in outcomes where !missed.isMet { complain("shootout: --\(missed.name): \(missed.text)") }
    try progress?.end()
    return exitCode(of: result, plan, outcomes)
  }

  /// One error is too many, unless a share of them is allowed.
  private func exitCode(of result: LoadResult, _ plan: LoadPlan, _ outcomes: [LoadLimits.Outcome]) -> ExitCode {
    if result.isCancelled { return .interrupted }
    let isSound = result.errors.total == 0 || limits.errorRate != nil
    return isSound && result.shortfall(plan) == nil && result.measured.verified > 0 && outcomes.allSatisfy(\.isMet)
      ? .success : .failed
  }
}
