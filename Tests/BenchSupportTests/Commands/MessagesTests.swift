import Behaviour
import BenchSupport
import BenchTesting
import Foundation
import Histogram
import LoadEngine
import Reports
import Results
import Stack
import SyntheticResults
import TestSupport
import Testing
import WireFormats

/// Every error that a person can meet, in one list: `Golden/messages.txt`. Read it as they do: what was wrong in their own
/// words, and what would be right.
@Suite struct MessagesTests {
  @Test("Each error is what the list says")
  func values() throws {
    try expectGolden(Self.errors.map { "\($0)\n" }.joined(), "messages.txt")
  }

  @Test("What a command refuses is what the list says")
  func commands() throws {
    try expectGolden(try Self.refusals(), "refusals.txt")
  }

  @Test("No message is a dump, and each is one line, but for a list or the end of a log, which are indented")
  func form() throws {
    for message in Self.errors.map({ "\($0)" }) + (try Self.refusals().components(separatedBy: "\n$ ")) {
      for dump in ["Error Domain", "NSCocoa", "NSPOSIX", "be completed", "Optional(", "errno", "(error"] {
        #expect(!message.contains(dump), "\(message)")
      }
      let lines = message.split(separator: "\n").drop { $0.hasPrefix("$ ") || !message.hasPrefix("$ ") }
      #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("  ") || $0.hasPrefix("exit ") }, "\(message)")
      #expect(!message.hasSuffix("."), "\(message)")
    }
  }

  // MARK: Values

  /// Of each kind one that its place in a `switch` asks for: where a case is new, the compiler refuses the switch, and the
  /// count below it is wrong until there is an example.
  private static var errors: [any Error] {
    let all: [[any Error]] = [
      whole(configuration) {
        switch $0 {
        case .unknown, .empty, .notANumber, .unknownSetting, .comparison, .external, .invalid: 7
        }
      },
      whole(deployment) {
        switch $0 {
        case .system, .interrupted, .missing, .unusablePython, .source, .notBuilt, .unusableState, .otherKind,
          .container, .locked, .owned,
          .inUse,
          .noAccount, .closed, .foreign, .portInUse, .failed, .timedOut, .died, .workersEnd, .notReady, .doesNotStop,
          .noStack,
          .database, .noProcess, .databaseStays, .unreachable:
          27
        }
      },
      whole(containers) {
        switch $0 {
        case .noProgram, .noService, .noEngine, .noAccess, .noCompose, .killedForMemory, .cannotCompare, .unreadable: 8
        }
      },
      whole(targets) {
        switch $0 {
        case .noFolder, .noTargets, .unreadable, .notJSON, .missing, .unknownKey, .invalid, .nameIsNotFolder, .samePort,
          .references:
          10
        }
      },
      whole(databases) {
        switch $0 {
        case .connection, .query, .unexpectedAnswer, .notSeeded: 4
        }
      },
      whole(baselines) {
        switch $0 {
        case .noReference, .comparison, .unsound, .profile, .unreadable: 5
        }
      },
      whole(runs) {
        switch $0 {
        case .noAttachments, .noManifest, .tooManyRuns, .cannotMake, .notOurs: 5
        }
      },
      whole(rawResults) {
        switch $0 {
        case .noManifest, .ended, .contradictingManifests, .unreadable, .unknownSchema, .altered, .implausible,
          .duplicate,
          .unexpected, .notJudged, .judgedTwice, .parityUnfinished, .parityTwice, .parityMissing, .ofAnotherRun,
          .countsMissing, .countedTwice, .countsNotJudged,
          .retestsMissing:
          19
        }
      },
      whole(resultFiles) {
        switch $0 {
        case .cannotOpen, .cannotWrite: 2
        }
      },
      whole(distributed) {
        switch $0 {
        case .unreachable, .refused, .lost, .listening, .incomplete, .message, .keeping: 7
        }
      },
      whole(merges) {
        switch $0 {
        case .problems, .alone, .twice, .absent, .otherRun, .differentRounds, .histogram: 7
        }
      },
      whole(trends) {
        switch $0 {
        case .tooFewRuns, .tooManyRuns, .sameRun, .comparison, .behaviour, .noReference: 6
        }
      },
      whole(plans) {
        switch $0 {
        case .noExchanges, .outOfRange, .endpoint, .descriptors, .system: 5
        }
      },
      whole(endpoints) {
        switch $0 {
        case .notHTTP, .host, .hostName, .port, .target, .userInfo, .userInfoUnused, .lookUp: 8
        }
      },
      whole(behaviour) {
        switch $0 {
        case .notResumable, .otherSettings: 2
        }
      },
      whole(counting) {
        switch $0 {
        case .notOurs, .notVerified: 2
        }
      },
      whole(faults) {
        switch $0 {
        case .loadEnded, .workerGone, .notOurs, .ended: 4
        }
      },
      whole(soaks) {
        switch $0 {
        case .ended, .nothingVerified, .tooFast, .otherwise: 4
        }
      },
      [
        MeasuringError.notUp("sanic"),
        RecordNotWritten(path: "/run/attachments/a.json", reason: "No space left on device"),
        FileError(path: "/run/raw", code: ENOSPC), CheckoutError(searched: ["/home/me"]),
      ],
    ]
    return all.flatMap(\.self)
  }

  /// The examples, where there is one of each case.
  private static func whole<Failure: Error>(_ examples: [Failure], _ count: (Failure) -> Int) -> [any Error] {
    // A case without a value has no child; what it says is its own.
    let names = Set(examples.map { Mirror(reflecting: $0).children.first?.label ?? "\($0)" })
    #expect(names.count == count(examples[0]), "\(Failure.self) lacks an example")
    return examples
  }

  private static let configuration: [ConfigurationError] = [
    .unknown(what: "profile", name: "fast", variable: "PROFILE", known: ["smoke", "quick"]),
    .unknown(what: "scenario", name: "pong", variable: "SCENARIOS", known: ["ping", "json"]),
    .empty(variable: "FRAMEWORKS", known: ["sanic"]), .notANumber(variable: "SHOOTOUT_SEED", value: "x"),
    .unknownSetting(name: "SHOOTOUT_PROFIL", nearest: "SHOOTOUT_PROFILE"),
    .comparison("BASE is set, and HEAD is not"), .external("URLS names no server"), .invalid("CONNECTIONS is '0'"),
  ]

  private static let tail = ["one line of a log", "the last line"]

  private static let deployment: [DeploymentError] = [
    .system(call: "fork", errno: EAGAIN), .interrupted(by: "SIGINT"),
    .missing(program: "PostgreSQL (initdb, postgres)", searched: ["PATH"], packages: "postgresql"),
    .unusablePython(InterpreterChoice("python3.10", setting: "SHOOTOUT_PYTHON"), reason: "is Python 3.10.13"),
    .source(path: "/home/me/sanic", reason: "cannot be copied: Permission denied"),
    .notBuilt(.external), .unusableState(path: "/var/tmp/s", reason: "cannot be made: Permission denied"),
    .otherKind(up: .docker, wanted: .process), .container(.noProgram),
    .locked(path: "/var/tmp/s/use.lock", holder: "pid 7 (make)", what: "the stack is in use"),
    .owned(by: "pid 7 (make)"),
    .inUse(by: "pid 7 (make)"), .noAccount,
    .closed(folder: "/root/checkout", to: "framework-shootout"),
    .foreign(path: "/home/me", reason: "holds other files"),
    .portInUse(port: 8001, wantedBy: "sanic", holders: ["pid 7 (python)"]),
    .failed(what: "sanic: pip", command: "pip install", status: .exited(1), output: "no such version"),
    .timedOut(what: "postgres: initdb", after: .seconds(120), output: "one line"),
    .died(name: "sanic", status: .killed(signal: 9), log: "/var/tmp/s/logs/sanic.log", tail: tail),
    .workersEnd(
      name: "fastapi", log: "/var/tmp/s/logs/fastapi.log",
      tail: [
        "    import fastapi.sse", "ModuleNotFoundError: No module named 'fastapi.sse'", "[7] (uvicorn): Traceback",
      ]),
    .notReady(
      name: "sanic", after: .seconds(60), state: "no answer to GET /ping", log: "/var/tmp/s/logs/sanic.log", tail: tail),
    .doesNotStop(name: "sanic", pids: [7, 8]), .noStack(status: .exited(2), complaint: ""),
    .database("no connection"),
    .noProcess(name: "sanic"), .databaseStays(.docker),
    .unreachable(["sanic: no answer at http://host:8001", "fastapi: no answer at http://host:8002"]),
  ]

  private static let containers: [ContainerProblem] = [
    .noProgram, .noService, .noEngine(address: "unix:///var/run/docker.sock"),
    .noAccess(address: "unix:///var/run/docker.sock"),
    .noCompose(version: "1.29.2"),
    .killedForMemory(name: "sanic", limit: 512 << 20, log: "docker logs shootout-sanic-1", tail: tail),
    .cannotCompare(source: "git+https://example.org/x"), .unreadable(what: "docker inspect", answer: "<html>"),
  ]

  private static let targets: [TargetError] = [
    .noFolder("docker/frameworks"), .noTargets("docker/frameworks"),
    .unreadable(file: "framework.json", reason: "Is a directory"),
    .notJSON(file: "framework.json", reason: "a comma is missing"), .missing(file: "framework.json", key: "port"),
    .unknownKey(file: "framework.json", key: "prot", nearest: "port", known: ["name", "port"]),
    .invalid(file: "framework.json", key: "port", reason: "0 is no port"),
    .nameIsNotFolder(file: "framework.json", name: "sanic", folder: "sanics"), .samePort(8001, "sanic", "flask"),
    .references([]), .references(["a", "b"]),
  ]

  private static let databases: [DatabaseError] = [
    .connection(address: "127.0.0.1:5432", message: "Connection refused"),
    .query(state: "42P01", message: "relation does not exist", statement: "SELECT 1 FROM x"),
    .unexpectedAnswer(statement: "SELECT count(*)", detail: "no number"),
    .notSeeded(address: "127.0.0.1:5432", detail: "999 rows"),
  ]

  private static let behaviour: [BehaviourError] = [
    .notResumable("20261120T081500Z", reason: "it is being measured now"),
    .otherSettings(run: "20261120T081500Z", setting: "SHOOTOUT_SCENARIOS", own: "json", theirs: "ping"),
  ]

  private static let baselines: [BaselineError] = [
    .noReference, .comparison("1.0 to 1.1"), .unsound(["ping on sanic (all 5 rounds)"]), .profile("smoke"),
    .unreadable(
      path: "fixtures/baselines/portable.json",
      reason: "cannot be read: Is a directory; right would be a file that make baseline wrote, or none"),
  ]

  private static let runs: [RunDirectoryError] = [
    .noAttachments(path: "results/runs/1"), .noManifest(path: "results/runs/1", problems: [.noManifest]),
    .tooManyRuns(name: "20260701T000000Z"),
    .cannotMake(path: "/file/results", reason: "Not a directory"),
    .notOurs(path: "results/latest", reason: "is no link"),
  ]

  private static let rawResults: [RawResultsProblem] = [
    .noManifest, .ended(RunEnd(at: Date(timeIntervalSince1970: 0), by: "SIGTERM")),
    .contradictingManifests(file: "manifest-2.json", other: "manifest.json"),
    .unreadable(file: "a.json", reason: "it is empty"),
    .unknownSchema(file: "a.json", found: 9, known: 3), .altered(file: "a.json"),
    .implausible(file: "a.json", reason: "a count of -1"),
    .duplicate(file: "a.json", other: "b.json", scenario: "ping", framework: "sanic", round: 1),
    .unexpected(file: "a.json", scenario: "pong", framework: "sanic", round: 1), .notJudged(scenario: "ping"),
    .judgedTwice(scenario: "ping", file: "gate--ping.json", other: "gate--ping-2.json"),
    .parityUnfinished(scenario: "ping", reason: "no answer"), .parityTwice(scenario: "ping"),
    .countsMissing(scenario: "ping", framework: "beta"), .countedTwice(scenario: "ping", framework: "beta"),
    .countsNotJudged(scenario: "ping"),
    .parityMissing(scenario: "ping"), .ofAnotherRun(file: "a.json"),
    .retestsMissing(scenario: "ping", found: 3, expected: 4),
  ]

  private static let resultFiles: [ResultFileError] = [
    .cannotOpen(path: "/out", reason: "Is a directory"), .cannotWrite(path: "/out", reason: "No space left on device"),
  ]

  private static let counting: [CountingError] = [
    .notOurs(.external),
    .notVerified(
      scenario: "ping", server: "sanic-counted", verified: 79, of: 80, failure: "status 500 instead of 200"),
  ]

  private static let faults: [FaultError] = [
    .loadEnded(scenario: "ping", framework: "sanic"), .workerGone(framework: "sanic", pid: 7), .notOurs(.external),
    .ended(.deploymentEnded(pid: 7)),
  ]

  private static let distributed: [DistributedRunError] = [
    .unreachable(address: "host:8100", reason: "Connection refused"),
    .refused(address: "host:8100", reason: "another profile"),
    .lost(address: "host:8100"), .listening(address: "host:8100", reason: "Address already in use"),
    .incomplete(came: 1, expected: 2, after: .seconds(60)), .message(reason: "not JSON"),
    .keeping(name: "manifest.json", reason: "No space left on device"),
  ]

  private static let merges: [DistributedMergeError] = [
    .problems([.noManifest]), .alone, .twice(1), .absent([2], of: 2), .otherRun("the seed"),
    .differentRounds("round 1 of ping on sanic was not in the same place of the order everywhere"),
    .histogram("latency in round 1 of ping on sanic: \(HistogramFormatError.notBase64)"),
  ]

  private static let trends: [TrendError] = [
    .tooFewRuns, .tooManyRuns(27), .sameRun("latest"), .comparison("latest", "1.0 to 1.1"),
    .behaviour("latest", command: "curve"), .noReference("latest"),
  ]

  private static let plans: [LoadPlanError] = [
    .noExchanges, .outOfRange(name: "connections", value: "0", allowed: "1 to 10000"), .endpoint(.host("http://")),
    .descriptors(needed: 2000, limit: 1024), .system(SystemError("socket", EMFILE)),
  ]

  private static let endpoints: [EndpointError] = [
    .notHTTP("ftp://x"), .host("http://"), .hostName("http://ä/"), .port("http://x:0"), .target("http://x/a b"),
    .userInfo("http://a b@x/"), .userInfoUnused("http://x:***@y/"),
    .lookUp(host: "x.invalid", reason: "Name or service not known"),
  ]

  private static let soaks: [SoakError] = [
    .ended(.databaseEnded(pid: 7)), .nothingVerified("sanic", failure: "status 500"),
    .tooFast(rate: 5000, framework: "sanic", capacity: 3201),
    .otherwise(run: "20260701T101502Z", differences: ["for 30 min", "at 500 a second"]),
  ]

  // MARK: Commands

  /// `$ command`, what it says on standard error, and its exit code.
  private static func refusals() throws -> String {
    var text = ""
    try inTemporaryFolder { folder in
      let file = folder + "/file"
      try Data().write(to: URL(fileURLWithPath: file))
      try FileManager.default.createDirectory(atPath: folder + "/empty/attachments", withIntermediateDirectories: true)
      let url = "http://127.0.0.1:1/x"
      let commands: [([String], [String: String])] = [
        (["report", folder + "/gone"], [:]), (["report", folder + "/empty"], [:]), (["report", file], [:]),
        (["baseline", folder + "/empty"], [:]), (["baseline", "--portable=1"], [:]), (["merge", file], [:]),
        (["new-run"], ["SHOOTOUT_RESULTS": file]), (["new-run"], ["SHOOTOUT_RESULTS": file + "/inner"]),
        (["bench-engine"], ["SHOOTOUT_RESULTS": file]), (["bench-engine", "--rounds", "0"], [:]),
        (["setup", "--check"], ["SHOOTOUT_PYTHON": "/nonexistent"]), (["setup", "--check"], ["SHOOTOUT_PYTHON": file]),
        (["setup", "--check"], ["SHOOTOUT_PYTHON": folder]), (["status"], ["SHOOTOUT_STATE": file]),
        (["status"], ["SHOOTOUT_SCENARIOS": "nope"]), (["status"], ["SHOOTOUT_SEED": "x"]),
        (["load", "--poisson=1", url], [:]), (["load", "--rate=", url], [:]),
        (["load", "--body", file + "s", url], [:]),
        (["load", "--body", folder, url], [:]), (["load", "--upload", "file=\(file)s", url], [:]),
        (["load", "--upload", "file=\(folder)", url], [:]), (["load", "--json", folder, url], [:]),
        (["load", "--json", "\(folder)/gone/a.json", url], [:]), (["load"], [:]), (["annotate", file + "s"], [:]),
        (["coordinate"], [:]), (["coordinate", "--generators", "x"], [:]),
        (["coordinate", "--generators", "2", "--listen", "nowhere"], [:]),
        (["profile", "nope"], [:]), (["faults", "nope"], [:]), (["faults", "--run", folder + "/gone"], [:]),
        (["faults"], ["SHOOTOUT_DEPLOYMENT": "external", "SHOOTOUT_URLS": "sanic=http://127.0.0.1:1"]),
        (["completion", "fish"], [:]), (["compose"], [:]),
        (["gate-selftest", "--runs", "0"], [:]),
        (["gate-selftest", "nope"], [:]), (["reprot"], [:]), (["report", "--json"], [:]),
        (["soak", "--duration", "0s"], [:]), (["soak", "--rate", "0"], [:]),
        (["soak", "--run", folder + "/gone"], [:]),
        (["soak"], ["SHOOTOUT_SCENARIOS": "json,ping"]), (["soak", "sanic"], [:]),
        (["report", "--publish", "site", "latest"], [:]),
      ]
      for (words, environment) in commands {
        let run = try ProgramRun(words, environment: ["SHOOTOUT_RESULTS": folder].merging(environment) { $1 })
        let settings = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value) " }.joined()
        text += "$ \(settings)shootout \(words.joined(separator: " "))\n\(run.errors)exit \(run.status)\n"
      }
      // One that is added changes no message.
      text = text.replacing(folder, with: "FOLDER").replacing(Scenario.names.joined(separator: ", "), with: "SCENARIOS")
    }
    return text
  }
}
