import BenchSupport
import EngineBenchmark
import Stack

extension Command {
  /// The table of all commands and options.
  var description: CommandDescription {
    switch self {
    case .newRun: .init(summary: "make the folder for a run's attachments, and print its path", group: .measure)
    case .report: Command.reportDescription
    case .coordinate: Command.coordinateDescription
    case .merge:
      .init(
        summary: "make one run of what several generators measured together", group: .measure, operands: "RUN_DIR…",
        completes: .folders,
        notes: ["Histograms and counts are added; who was not there is named. Then as report."],
        examples: ["shootout merge /tmp/generator-1 /tmp/generator-2"])
    case .baseline: Command.baselineDescription
    case .gateSelfTest: Command.gateSelfTestDescription
    case .setup: Command.setupDescription
    case .deploy: Command.deployDescription
    case .down:
      .init(
        summary: "take down what is up", group: .stack, operands: "[all|postgres|NAME…]", completes: .stackNames,
        options: [.init(StackGuardian.option, nil, "wait for that, then take down what has lost its owner")],
        notes: ["Without the database nothing can stay up, so postgres means everything."])
    case .status:
      .init(
        summary: "show what is up", group: .stack, operands: "[all|postgres|NAME…]", completes: .stackNames,
        notes: ["exit code: 0 where all that was asked for is up and healthy, else 1"])
    case .compose:
      .init(
        summary: "docker compose with the files and the project of the stack", group: .stack, operands: "WORD…",
        options: [
          .init("--swarm", nil, "print the stack and its generators for docker stack deploy"),
          .init("--kubernetes", nil, "print them for kubectl apply"),
        ],
        notes: ["The words are those after docker compose."],
        examples: ["shootout compose ps", "shootout compose logs sanic", "shootout compose config"])
    case .load: Command.loadDescription
    case .profile: Command.profileDescription
    case .benchEngine: Command.benchEngineDescription
    case .doctor:
      .init(
        summary: "what is missing, what distorts a measurement, what fixes it", group: .itself,
        notes: [
          "It watches what else the machine does for a second, and changes nothing.",
          "exit code: 2 where something is missing, else 0",
        ])
    case .annotate:
      .init(
        summary: "the failures in a log of swift test as annotations for GitHub", group: .itself, operands: "LOG",
        completes: .files,
        notes: ["Each is printed with the file and line that it belongs to."],
        examples: ["make parity 2>&1 | tee test.log; shootout annotate test.log"])
    case .completion: Command.completionDescription
    case .help:
      .init(
        summary: "this text, or more of one command: shootout help load", group: .itself, operands: "[COMMAND]",
        completes: .words(Command.allCases.map(\.rawValue)))
    }
  }

  private static let reportDescription = CommandDescription(
    summary: "make the reports of a run anew, or compare several runs", group: .measure, operands: "[RUN…]",
    completes: .folders,
    notes: [
      """
      Offline and as often as wanted; without a name, those of the last run. A run is
      a folder, or the name of one in results/runs. Two or more are held beside each
      other instead, with a trend, in results/trend.html and trend.md.
      Profiles in the run's folder are linked.
      exit code: 0 all cells are there and none failed, 1 errors, failed checks or a
      regression, 2 cells are missing or no report can be made
      """
    ],
    examples: ["shootout report", "shootout report 20260701T101502Z", "shootout report 20260701T101502Z latest"])

  private static let coordinateDescription = CommandDescription(
    summary: "let several generators measure at the same time", group: .measure,
    options: [
      .init("--generators", "N", "how many to wait for"),
      .init("--listen", "HOST:PORT", "where they find it (\(CoordinatorAddress.usual))"),
    ],
    notes: ["It keeps what each of them saw, merges it when all have left, and reports it."],
    examples: ["shootout coordinate --generators 2"])

  private static let baselineDescription = CommandDescription(
    summary: "keep a run to compare later ones with", group: .measure, operands: "[RUN_DIR]", completes: .folders,
    options: [.init("--portable", nil, "as ratios to the reference, for machines of any kind")],
    notes: ["It is written to fixtures/baselines; commit it where others are to use it."],
    examples: ["shootout baseline", "shootout baseline --portable results/latest"])

  private static let gateSelfTestDescription = CommandDescription(
    summary: "the gate on runs whose truth is known", group: .look,
    operands: "[FRAMEWORK]", completes: .targets,
    options: [
      .init("--runs", "N", "runs for each slowdown (20)"),
      .init("--slowdowns", "LIST", "percent by which one side is slower (0,5,10,20)"),
      .init("--tolerance", "P", "percent that are tolerated, or 'tests' (2)"),
    ],
    notes: [
      """
      It needs the tests to be built; make gate-selftest builds them first.
      FRAMEWORK is one on uvicorn (fastapi).
      """
    ],
    examples: ["shootout gate-selftest --runs 5 --slowdowns 0,10 fastapi"])

  private static let setupDescription = CommandDescription(
    summary: "check the programs, install the targets' requirements", group: .stack,
    options: [.init("--check", nil, "only check, and say what would be used")])

  private static let deployDescription = CommandDescription(
    summary: "bring up the database and the targets", group: .stack, operands: "[all|postgres|NAME…]",
    completes: .stackNames,
    options: [.init("--until-stdin-closes", nil, "take down what was started when the standard input ends")],
    notes: ["What is up and up to date stays as it is. All stays up until shootout down."],
    examples: ["shootout deploy", "shootout deploy sanic,reference"])

  private static let loadDescription = CommandDescription(
    summary: "load one URL, verify every response, and say how long each took", group: .look, operands: "URL",
    options: [
      .init("--connections", "N", "connections held open at a time (50)"),
      .init("--threads", "N", "threads that share them (1)"),
      .init("--duration", "D", "the measured time: 10s, 500ms, 2m (10s)"),
      .init("--requests", "N", "exactly so many instead, and --duration at the most"),
      .init("--rampup", "D", "the connections are opened over this time (1ms each)"),
      .init("--warmup", "D", "then, verified and not counted (0s)"),
      .init("--rate", "R", "R requests a second: an open loop (as answers come)"),
      .init("--poisson", nil, "with --rate: at random distances instead of equal ones"),
      .init("--timeout", "D", "for one connect, and for one exchange (10s)"),
      .init("--seed", "N", "for everything that is drawn (1)"),
      .init(
        "--method", "M", "any word (GET, or POST where there is a body)",
        .words(["GET", "POST", "PUT", "DELETE", "HEAD"])),
      .init("--header", "'K: V'", "also for the handshake of --websocket; may be repeated"),
      .init("--body", "FILE", "the body of the request", .files),
      .init("--upload", "FIELD=FILE", "the file as multipart/form-data"),
      .init("--websocket", nil, "text messages and their answers instead of requests"),
      .init("--message", "TEXT", "with --websocket: what is sent; may be repeated"),
      .init("--expect-status", "N", "what counts as right (200)"),
      .init("--expect-body", "FILE", "verify every byte of every body or message", .files),
      .init("--no-chunk-times", nil, "with --expect-body: time a chunked body as a whole"),
      .init("--max-error-rate", "SHARE", "1% or 0.01 of the requests may fail (none)"),
      .init("--max-p50", "D", "a limit to the median of the latency"),
      .init("--max-p90", "D", "such as 20ms; the same of the other percentiles"),
      .init("--max-p95", "D", ""),
      .init("--max-p99", "D", ""),
      .init("--max-p999", "D", ""),
      .init("--max-latency", "D", "a limit to the largest latency"),
      .init("--min-rate", "R", "so many have to be verified a second"),
      .init("--strict-rate", nil, "with --rate: 99 % of what was due has to be verified"),
      .init("--json", "FILE|-", "the result as JSON, to a file or as the output", .files),
      .init("--progress-json", "FILE", "a line of JSON a second while the load runs", .files),
    ],
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

  private static let profileDescription = CommandDescription(
    summary: "flame graphs, CPU, memory and database statistics under load", group: .look,
    operands: "[all|NAME…]", completes: .stackNames,
    options: [
      .init("--duration", "D", "of each of the two parts of a load, in whole seconds (5s)"),
      .init("--rate", "N", "samples a second for the flame graphs (100)"),
      .init("--run", "RUN_DIR", "whose folder gets flamegraphs/ (the last one)", .folders),
    ],
    notes: [
      """
      SHOOTOUT_SCENARIOS says which scenarios. Where servers may not be traced, one
      line says why, and the other files are written.
      exit code: 0 all there, 1 errors under load, 2 no flame graphs or nothing
      """
    ],
    examples: ["SHOOTOUT_SCENARIOS=json,db-read shootout profile aquilia", "shootout profile --duration 10s all"])

  private static let benchEngineDescription = CommandDescription(
    summary: "the load engine beside wrk, hey and a websockets client", group: .look, operands: "[WORK…]",
    completes: .words(EngineWork.all.map(\.name)),
    options: [
      .init("--rounds", "N", "rounds of each work (5)"),
      .init("--duration", "D", "of one round, in whole seconds (3s)"),
    ],
    notes: [
      """
      make bench-engine builds for release and installs the peers.
      exit code: 1 where a target is missed
      """
    ],
    examples: ["shootout bench-engine --rounds 3 small-get upload"])

  private static let completionDescription = CommandDescription(
    summary: "print what makes a shell complete commands, options and names", group: .itself, operands: "bash|zsh",
    completes: .words(Shell.allCases.map(\.rawValue)),
    notes: [
      """
      The names of targets are those of the checkout around the working
      directory. It works for every path that ends in /shootout.
      """
    ],
    examples: ["source <(.build/debug/shootout completion bash)", "shootout completion zsh > ~/.zfunc/_shootout"])
}
