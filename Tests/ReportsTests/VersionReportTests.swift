import Foundation
import Gate
import Results
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

/// What `make compare` answers.
@Suite struct VersionReportTests {
  /// Dearer and slower: one more query in db-read, a function that is new everywhere, other packages.
  static let worse = {
    var run = SyntheticRun.versions()
    var conditions = SyntheticRun.conditions
    conditions.packages["uvicorn"] = "0.41.0"
    run.manifest.frameworks[1].versions["uvicorn"] = "0.41.0"
    run.countVersions(headConditions: conditions) { scenario, metric, value in
      switch metric {
      case .instructions: value * (scenario == "db-read" ? 1.098 : scenario == "ping" ? 1.012 : 1.001)
      case .databaseStatements where scenario == "db-read": 2
      default: value
      }
    } functions: { scenario in
      [FunctionCalls(package: "sanic", name: "sanic.app.Sanic.dispatch", calls: 1)]
        + (scenario == "db-read"
          ? [
            FunctionCalls(package: "asyncpg", name: "asyncpg.pool.Pool.fetchrow", calls: 1),
            FunctionCalls(package: "PostgreSQL", name: "SELECT id FROM bench_users WHERE id = $1", calls: 1),
          ] : [])
    }
    run.timeVersions(cpu: 1.2, .fail)
    return run
  }()

  static let same = {
    var run = SyntheticRun.versions()
    run.countVersions { $1 == .instructions ? $2 * 1.0021 : $2 }
    run.timeVersions(cpu: 1.01, .pass)
    return run
  }()

  private func lines(_ run: SyntheticRun) -> [String] { VersionAnswer(run.summary).lines.map(\.text) }

  @Test func `the title names both versions`() throws {
    let sides = try #require(VersionSides(Self.same.summary))
    #expect(sides.title == "Sanic 24.12.0 → 25.12.1")
    for text in [HTMLReport.text(Self.same.summary), MarkdownReport.text(Self.same.summary)] {
      #expect(text.contains("Sanic 24.12.0 → 25.12.1"))
    }
    var run = SyntheticRun.versions("25.12.1", "25.12.1")
    run.manifest.compared?.base = "/srv/base/docker/frameworks/sanic"
    run.manifest.compared?.head = "/srv/head/docker/frameworks/sanic"
    #expect(VersionSides(run.summary)?.title == "Sanic 25.12.1: base → head")
  }

  @Test func `the title names what differs: a dependency, an interpreter`() throws {
    var run = SyntheticRun.versions("25.12.1", "25.12.1")
    run.manifest.compared?.base = "uvicorn==0.40.0"
    run.manifest.compared?.head = "uvicorn==0.41.0"
    run.manifest.frameworks[1].versions["uvicorn"] = "0.41.0"
    run.manifest.frameworks[1].versions["h11"] = "0.16.0"
    var sides = try #require(VersionSides(run.summary))
    #expect(sides.title == "Sanic: uvicorn 0.40.0 → 0.41.0")
    #expect(sides.sources.map(\.1) == ["Sanic 25.12.1 with uvicorn 0.40.0", "Sanic 25.12.1 with uvicorn 0.41.0"])
    #expect(SideDifference.all(sides, run.summary).map(\.text) == ["h11 not there → 0.16.0"])

    run = SyntheticRun.versions("25.12.1", "25.12.1")
    run.manifest.frameworks[0].python = "3.11.7"
    run.manifest.frameworks[1].python = "3.13.1"
    run.manifest.compared?.headPython = "python3.13"
    sides = try #require(VersionSides(run.summary))
    #expect(sides.title == "Sanic 25.12.1: Python 3.11.7 → 3.13.1")
    #expect(sides.sources.map(\.1) == ["Sanic 25.12.1, Python 3.11.7", "Sanic 25.12.1, Python 3.13.1"])
    #expect(sides.command[0] == "make compare FRAMEWORK=sanic BASE=25.12.1 HEAD=25.12.1 HEAD_PYTHON=python3.13 \\")
    run.manifest.frameworks[0].version = "24.12.0"
    #expect(VersionSides(run.summary)?.title == "Sanic 24.12.0 → 25.12.1, Python 3.11.7 → 3.13.1")
  }

  @Test func `a folder is told with the hash of what was measured`() throws {
    var run = SyntheticRun.versions("25.12.1", "25.12.1")
    run.manifest.compared?.head = "/srv/sanic"
    run.manifest.frameworks[1].source = "0123456789ab"
    #expect(
      try #require(VersionSides(run.summary)).sources.map(\.1) == [
        "Sanic 25.12.1", "Sanic 25.12.1 from /srv/sanic (content 0123456789ab)",
      ])
  }

  @Test func `what costs more is said first, with what and by how much`() {
    let answer = VersionAnswer(Self.worse.summary)
    #expect(answer.kind == .worse && Self.worse.summary.state == .failed)
    #expect(
      answer.lines.map(\.text) == [
        "Costs more in 2 of 3 scenarios: db-read (+9.80 % instructions, 1 → 2 database statements) and ping (+1.20 % "
          + "instructions).",
        "Slower in 3 of 3 scenarios: ping (throughput −17 %, interval −18 % to −15 %; CPU time per request +20 %, interval "
          + "+18 % to +22 %), json (throughput −17 %, interval −18 % to −15 %; CPU time per request +20 %, interval +18 % to "
          + "+22 %) and 1 more. Tolerated: throughput down to −10 %, CPU time per request up to +10 %.",
      ])
    #expect(answer.exit == "Exit code 1: it is worse than tolerated.")
  }

  @Test func `what costs more by less than fails is said after what fails`() {
    var run = SyntheticRun.versions()
    run.countVersions { scenario, metric, value in
      guard metric == .instructions else { return value }
      return value * (scenario == "ping" ? 1.005_01 : scenario == "json" ? 1.0041 : 1.0002)
    }
    run.manifest.timed = false
    #expect(
      lines(run)[0]
        == "Costs more in 1 of 3 scenarios: ping (+0.501 % instructions). By less than fails: json (+0.41 % instructions)."
    )
    let markdown = MarkdownReport.text(run.summary)
    #expect(markdown.contains("| json | more, tolerated |") && markdown.contains("| db-read | no change |"))
    #expect(TerminalReport.text(run.summary).contains("up to +0.5 % tolerated"))
  }

  @Test func `where it costs more and calls nothing more often, it is said what that is`() {
    var run = SyntheticRun.versions()
    run.countVersions { $1 == .instructions && $0 == "ping" ? $2 * 1.01 : $2 }
    run.manifest.timed = false
    let functions = run.counts.first { $0.framework == "base" }?.functions ?? []
    for index in run.counts.indices { run.counts[index].functions = functions }
    #expect(lines(run)[0].hasPrefix("Costs more in 1 of 3 scenarios: ping"))
    let hint = "So what costs more is work within a function."
    #expect(MarkdownReport.text(run.summary).contains(hint))
    for index in run.counts.indices where run.counts[index].framework == "head" {
      run.counts[index].functions.append(FunctionCalls(package: "alpha", name: "alpha.added", calls: 1))
    }
    #expect(!MarkdownReport.text(run.summary).contains(hint))
  }

  @Test func `what did not change is said with its limit`() {
    #expect(VersionAnswer(Self.same.summary).kind == .same && Self.same.summary.state == .complete)
    #expect(
      lines(Self.same) == [
        "No change beyond 0.5 % in the instructions of a request, in 3 scenarios. The largest change is +0.21 %, in ping. "
          + "Python calls and database statements are within what is tolerated.",
        "No slower by more than 10 % in throughput and CPU time per request, in 3 scenarios.",
      ])
  }

  @Test func `what a version cannot serve is named, and does not keep the rest from being decided`() throws {
    var run = Self.same
    run.manifest.notCompared = [
      Manifest.NotCompared(scenario: "sse", side: "base", reason: "No module named 'fastapi.sse'"),
      Manifest.NotCompared(scenario: "stream", side: "base", reason: "no streams"),
      Manifest.NotCompared(scenario: "stream", side: "head", reason: "none either"),
    ]
    let answer = VersionAnswer(run.summary)
    #expect(answer.kind == .same && answer.exit == "Exit code 0.")
    let line = "sse (base: No module named 'fastapi.sse'), stream (base: no streams; head: none either)"
    #expect(answer.lines.last?.text == "Not compared: \(line). The rest is compared.")
    let first = MarkdownReport.text(run.summary).components(separatedBy: "\n## ")[0]
    #expect(first.contains("🟡 **Not compared**: sse (base: No module named"))
    let document = JSONReport.text(run.summary)
    #expect(document.contains("No module named 'fastapi.sse'"))
    let schema = try JSONSchema(ofCheckout: "docs/results.schema.json")
    #expect(try schema.faults(Data(document.utf8)) == [])
  }

  @Test func `what costs less is said`() {
    var run = SyntheticRun.versions()
    run.countVersions { $0 == "json" && $1 == .instructions ? $2 * 0.9 : $2 }
    run.timeVersions(cpu: 0.7, .pass)
    #expect(VersionAnswer(run.summary).lines.map(\.kind) == [.better, .better])
    #expect(lines(run)[0].hasPrefix("Costs less in 1 of 3 scenarios: json (−10.0 % instructions)."))
    #expect(lines(run)[1].hasPrefix("Faster in 3 of 3 scenarios: "))
  }

  @Test func `what is shown is said also where the threshold is open`() {
    var run = SyntheticRun.versions(scenarios: ["json"])
    run.countVersions()
    run.timeVersions(cpu: 1.11, .inconclusive(.acrossThreshold), error: 0.05)
    run.verdicts[0].results.removeFirst()
    let answer = VersionAnswer(run.summary)
    #expect(answer.lines.map(\.kind) == [.same, .inconclusive] && run.summary.state == .complete)
    #expect(
      answer.lines[1].text
        == "Slower, and by how much is open: in json, CPU time per request is higher by 0.22 to 23 %; whether it is higher by "
        + "more than 10 % is open.")
    #expect(answer.exit == "Exit code 0: what is inconclusive fails only with STRICT=1.")
    run.manifest.strict = true
    #expect(run.summary.state == .failed)
    #expect(VersionAnswer(run.summary).exit == "Exit code 1: STRICT=1 allows nothing to be inconclusive.")
  }

  @Test func `where something else than the limit is open, that is said`() {
    var run = SyntheticRun.versions(scenarios: ["json"])
    run.countVersions()
    run.timeVersions(cpu: 1.3, .inconclusive(.tooFewStarts(starts: 2, needed: 3)), error: 0.01)
    run.verdicts[0].results.removeFirst()
    #expect(
      VersionAnswer(run.summary).lines[1].text.hasSuffix(
        " %; it is inconclusive all the same: 2 starts of the servers, 3 are needed."))
  }

  @Test func `where nothing is decided nothing is green`() {
    var run = SyntheticRun.versions()
    run.timeVersions(cpu: 1.01, .inconclusive(.acrossThreshold), error: 0.1)
    let page = HTMLReport.text(run.summary)
    #expect(page.contains("<div class=\"box warn\"><p class=\"answer\"><strong>Time is inconclusive</strong>"))
    #expect(!page.contains("<div class=\"box\">"))
    #expect(lines(run)[0].contains("In ping, CPU time per request is between") && lines(run).count == 1)
    #expect(TerminalReport.text(run.summary).contains("6 thresholds inconclusive: the interval reaches across the"))
  }

  @Test func `counts under other conditions decide nothing, and say what differs`() {
    var run = SyntheticRun.versions()
    var other = SyntheticRun.conditions
    other.interpreter = "3.11.7 (main) [GCC 12.2.0]"
    run.countVersions(headConditions: other)
    run.manifest.timed = false
    let answer = VersionAnswer(run.summary)
    #expect(answer.lines.map(\.kind) == [.inconclusive, .notJudged])
    #expect(
      answer.lines[0].text
        == "Inconclusive because counted under other conditions: interpreter 3.11.2 there, 3.11.7 here (instructions, Python "
        + "calls and database statements).")
    #expect(MarkdownReport.text(run.summary).contains("| interpreter | 3.11.2 (main) \\[GCC 12.2.0\\] | 3.11.7"))
  }

  @Test func `without valgrind the reason is said, and what was counted all the same`() {
    var run = SyntheticRun.versions(scenarios: ["ping"])
    run.manifest.timed = false
    for side in ["base", "head"] {
      run.count("ping", side, [.pythonCalls: 150, .databaseStatements: 0, .bytesSent: 45, .bytesReceived: 132])
    }
    run.judgeCounts(
      "ping",
      [
        CountResult(
          scenario: "ping", framework: "head", metric: .instructions, verdict: .undecided,
          reason: "not counted: valgrind is not installed", tolerated: 1.005, starts: 0),
        SyntheticRun.counted("ping", "head", .pythonCalls, 150, 150, .pass),
      ])
    #expect(
      lines(run)[0]
        == "Inconclusive because not counted: valgrind is not installed (instructions). 1 of 2 thresholds pass: Python calls."
    )
  }

  @Test func `a function that is new in all scenarios is one row, and packages stay together`() throws {
    let run = Self.worse.summary
    let functions = CallDifference.functions(try #require(VersionSides(run)), run)
    let statement = "SELECT id FROM bench_users WHERE id = $1"
    #expect(functions.map(\.name) == [statement, "asyncpg.pool.Pool.fetchrow", "sanic.app.Sanic.dispatch"])
    #expect(functions.map { $0.scenarios(of: ["ping", "json", "db-read"]) } == ["db-read", "db-read", "all 3"])
    let markdown = MarkdownReport.text(run)
    #expect(
      markdown.contains("2 functions are called more often and 0 less often than before, in 3 scenarios (2 new)."))
    #expect(markdown.contains("| sanic | sanic.app.Sanic.dispatch | 0 | 1 | +1 | all 3 |"))
    #expect(markdown.contains("| PostgreSQL | all database statements | 1 | 2 | +1 | db-read |"))
    #expect(!markdown.contains("| sanic | 24.12.0"))
    #expect(markdown.contains("| uvicorn | 0.40.0 | 0.41.0 |"))
  }

  @Test func `system calls come before functions, and are none; what is built in comes last`() throws {
    var run = SyntheticRun.versions(scenarios: ["ping"])
    run.countVersions(functions: { _ in
      [
        FunctionCalls(package: FunctionCalls.builtins, name: "isinstance", calls: 40),
        FunctionCalls(package: "sanic", name: "sanic.app.Sanic.dispatch", calls: 9),
        FunctionCalls(package: FunctionCalls.kernel, name: "futex", calls: 2),
      ]
    })
    let functions = CallDifference.functions(try #require(VersionSides(run.summary)), run.summary)
    #expect(functions.map(\.name) == ["futex", "sanic.app.Sanic.dispatch", "isinstance"])
    #expect(MarkdownReport.text(run.summary).contains("| kernel | futex | 0 | 2 | +2 | ping |"))
    let terminal = TerminalReport.text(run.summary)
    #expect(terminal.contains("futex (system call)"))
    #expect(terminal.contains("2 functions are called more often and 0 less often than before, in 1 scenario"))
  }

  @Test func `what goes on where it waited is no call, and stands apart`() throws {
    var run = SyntheticRun.versions(scenarios: ["ping"])
    run.countVersions(
      { _, metric, value in metric == .instructions ? value * 1.02 : value },
      functions: { _ in
        [FunctionCalls(package: "Python", name: "asyncio.events.Handle._run", calls: 2, isResumed: true)]
      })
    let functions = CallDifference.functions(try #require(VersionSides(run.summary)), run.summary)
    #expect(functions.map(\.isResumed) == [true] && functions.map(\.base) == ["0"] && functions.map(\.head) == ["2"])
    let markdown = MarkdownReport.text(run.summary)
    // Not that what costs more is within a function: it goes on more often.
    #expect(
      markdown.contains(
        "No Python function is called more often or less often than before, in 1 scenario.\n\n"
          + "<details><summary>Coroutines and generators that go on after waiting: 1 more often</summary>"))
    #expect(markdown.contains("| Python | asyncio.events.Handle.\\_run | 0 | 2 | +2 | ping |"))
    let terminal = TerminalReport.text(run.summary)
    #expect(terminal.contains("Coroutines and generators that go on after waiting: 1 more often, in the report"))
    #expect(!terminal.contains("Handle._run"))
    #expect(JSONReport.text(run.summary).contains(#""resumed" : true"#))
  }

  @Test func `a difference begins with the call whose caller is not called more often`() throws {
    var run = SyntheticRun.versions(scenarios: ["db-read"])
    func handler(_ queries: Double) -> [FunctionCalls] {
      func function(_ name: String, _ calls: Double, _ callers: [String: Double]) -> FunctionCalls {
        FunctionCalls(package: "asyncpg", name: name, calls: calls, callers: callers)
      }
      return [
        function("app.run", 0, [:]), function("app.db_read", 1, ["app.run": 1]),
        function("Pool.fetchval", queries, ["app.db_read": queries]),
        function("Connection.check", 3 * queries, ["Pool.fetchval": 2 * queries, "Connection.execute": queries]),
        function("Connection.execute", queries, ["Pool.fetchval": queries]),
        // A recursive one, and one that a timer adds to.
        function("len", 2 * queries, ["Connection.check": queries, "len": queries]),
        FunctionCalls(package: "Python", name: "tick", calls: queries, spread: 1, callers: ["app.run": queries]),
      ]
    }
    run.countVersions()
    for index in run.counts.indices {
      run.counts[index].functions = handler(run.counts[index].framework == "head" ? 2 : 1)
    }
    let origins = CallOrigin.all(try #require(VersionSides(run.summary)), run.summary)
    // The query, three checks, an execution, and two calls of what checks call, one of them by itself.
    #expect(
      origins.map { "\($0.caller) calls \($0.function): \($0.following)" } == ["app.db_read calls Pool.fetchval: +7"])
    let markdown = MarkdownReport.text(run.summary)
    #expect(markdown.contains("| app.db\\_read | Pool.fetchval | 1 | 2 | +7 | db-read |"))
    #expect(TerminalReport.text(run.summary).contains("+7  1 → 2  db-read  app.db_read calls Pool.fetchval"))
  }

  @Test func `a caller that is called more often for another reason begins nothing`() throws {
    var run = SyntheticRun.versions(scenarios: ["ping"])
    run.countVersions()
    // Each middleware is called by way of the same function: a fifth one makes no fewer calls of the four.
    func chain(_ names: [String]) -> [FunctionCalls] {
      [
        FunctionCalls(
          package: "aquilia", name: "link", calls: Double(names.count), callers: ["run": Double(names.count)])
      ]
        + names.map { FunctionCalls(package: "aquilia", name: $0, calls: 1, callers: ["link": 1]) }
    }
    for index in run.counts.indices {
      run.counts[index].functions = chain(
        ["faults", "ids", "errors"] + (run.counts[index].framework == "head" ? ["static"] : []))
    }
    let origins = CallOrigin.all(try #require(VersionSides(run.summary)), run.summary)
    #expect(
      Dictionary(uniqueKeysWithValues: origins.map { ($0.function, $0.following) }) == [
        "static": "+1", "link": "+1.25",
      ])
  }

  @Test func `what a new function calls begins with the call of the new function`() throws {
    var run = SyntheticRun.versions(scenarios: ["ping"])
    run.countVersions()
    let base = [
      FunctionCalls(package: "sanic", name: "handle", calls: 1),
      FunctionCalls(package: "sanic", name: "send", calls: 1, callers: ["handle": 1]),
    ]
    let head = [
      FunctionCalls(package: "sanic", name: "handle", calls: 1),
      FunctionCalls(package: "sanic", name: "wrap", calls: 1, callers: ["handle": 1]),
      FunctionCalls(package: "sanic", name: "send", calls: 1, callers: ["wrap": 1]),
    ]
    for index in run.counts.indices {
      run.counts[index].functions = run.counts[index].framework == "head" ? head : base
    }
    let origins = CallOrigin.all(try #require(VersionSides(run.summary)), run.summary)
    // What is sent is sent as before, by way of another function.
    #expect(origins.map { "\($0.caller) calls \($0.function): \($0.following)" } == ["handle calls wrap: +1"])
  }

  @Test func `why system calls are not told by name is said once`() {
    var run = SyntheticRun.versions()
    run.countVersions()
    for index in run.counts.indices { run.counts[index].absent[CellCounts.systemCallNames] = "strace is not installed" }
    let markdown = MarkdownReport.text(run.summary)
    #expect(markdown.components(separatedBy: "System calls are not told by name: strace is not installed.").count == 2)
  }

  @Test func `names of functions never become markup`() {
    var run = SyntheticRun.versions(scenarios: ["ping"])
    run.countVersions(functions: { _ in [FunctionCalls(package: "<b>", name: "a|b.<lambda>\u{1b}[31m", calls: 2)] })
    #expect(HTMLReport.text(run.summary).contains("<code>a|b.&lt;lambda&gt;\\u{1b}[31m</code>"))
    #expect(MarkdownReport.text(run.summary).contains(#"| \<b\> | a\|b.\<lambda\>"#))
    #expect(!TerminalReport.text(run.summary).contains("\u{1b}"))
  }

  @Test func `rare work is no difference`() {
    #expect(!CallDifference.Place(scenario: "ping", base: 0, head: 0.03).isShown)
    #expect(!CallDifference.Place(scenario: "sse", base: 1_000, head: 1_001).isShown)
    #expect(CallDifference.Place(scenario: "ping", base: 2, head: 1).isShown)
    #expect(!CallDifference.Place(scenario: "upload", base: 133, head: 173, spread: 21).isShown)
  }

  @Test func `a profile that judges nothing says so`() {
    var run = SyntheticRun.versions()
    run.timeVersions(cpu: 1.3, .pass)
    run.verdicts = []
    (run.manifest.gated, run.manifest.profile.name, run.manifest.profile.rounds) = (false, "smoke", 3)
    run.rounds.removeAll { $0.round > 3 }
    #expect(run.summary.state == .complete)
    #expect(
      lines(run) == [
        "Time is not judged: PROFILE=smoke has 3 rounds, too few to decide anything. PROFILE=quick decides."
      ])
    #expect(HTMLReport.text(run.summary).contains("<div class=\"box warn\"><p class=\"answer\">"))
  }

  @Test func `slower by time alone comes before counts that did not change`() {
    var run = SyntheticRun.versions(scenarios: ["json"])
    run.countVersions()
    run.timeVersions(cpu: 1.2, .fail)
    #expect(VersionAnswer(run.summary).lines.map(\.kind) == [.worse, .same])
    #expect(lines(run)[0].hasPrefix("Slower in json: throughput −17 %"))
  }

  @Test func `a side that failed is said before anything else, with what was wrong, and nothing else is said of it`() {
    var run = Self.same
    run.change("json", "head") { $0.load.errors = ["status": 2] }
    let answer = VersionAnswer(run.summary)
    #expect(answer.kind == .broken && answer.exit == "Exit code 1: a part of it failed.")
    #expect(answer.lines[0].text == "Failed: head in json, 20 errors (status 20). Nothing else is said of it.")
    #expect(answer.lines[2].text.hasSuffix("in throughput and CPU time per request, in 2 scenarios."))
    run.change("ping", "head") { $0.load.errors = ["reset": 1] }
    #expect(
      lines(run)[0]
        == "Failed: head in ping, 10 errors (reset 10); and head in json. Nothing else is said of them.")
    run.remove("ping", "base", rounds: [4])
    #expect(VersionAnswer(run.summary).exit == "Exit code 2: a part of what was to be measured is missing.")
    #expect(lines(run)[0].hasPrefix("Incomplete: a part of it could not be measured. Failed: head in ping, 10 errors"))
  }

  @Test func `a wrong answer while it is counted fails, and is no missing part`() throws {
    var run = SyntheticRun.versions(scenarios: ["ping", "json"])
    run.manifest.timed = false
    run.countVersions()
    let place = try #require(run.counts.firstIndex { $0.scenario == "json" && $0.framework == "head" })
    let counted = run.counts[place]
    run.counts[place] = CellCounts(
      scenario: "json", framework: "head", started: counted.started, conditions: counted.conditions,
      failure: "GET /json: status 500, expected 200")
    let summary = run.summary
    #expect(summary.state == .failed)
    #expect(
      lines(run)[0]
        == "Failed: head in json, a wrong answer while it was counted: GET /json: status 500, expected 200. Nothing else is "
        + "said of it.")
    #expect(lines(run)[1].hasPrefix("No change beyond 0.5 % in the instructions of a request, in 1 scenario."))
    let terminal = TerminalReport.text(summary)
    #expect(!terminal.contains("not counted") && !terminal.contains("Where it begins"))
  }

  @Test func `a run that was ended says so first, and not that its gate was off`() throws {
    var run = SyntheticRun.versions(scenarios: ["ping"])
    run.manifest.gated = true
    let end = RunEnd(at: Date(timeIntervalSince1970: 0), by: "SIGINT")
    let summary = RunSummary(manifest: run.manifest, rounds: [], problems: [.ended(end)])
    let lines = VersionAnswer(summary).lines.map(\.text)
    #expect(lines[0] == "Ended early: the run was ended by SIGINT at 1970-01-01T00:00:00Z, before all was measured.")
    #expect(lines.contains("Time is not judged: the run did not come so far."))
    #expect(!VersionReport.brokenParts(summary).contains { $0.contains("SIGINT") })
  }

  @Test func `a path keeps its root where nothing of it is left out`() throws {
    var run = Self.same
    run.manifest.frameworks[1].version = run.manifest.frameworks[0].version
    run.manifest.compared = Manifest.ComparedSides(framework: "sanic", base: "24.12.0", head: "/srv/my code")
    #expect(try #require(VersionSides(run.summary)).title.hasSuffix("→ /srv/my code"))
  }

  @Test func `nothing is ranked, and no side is a yardstick`() {
    for run in [Self.worse, Self.same] {
      for text in [HTMLReport.text(run.summary), MarkdownReport.text(run.summary), TerminalReport.text(run.summary)] {
        for word in [
          "astest", "no rank", "the rank", "Ranking", "ardstick", "to reference", "To reference", "vs ref", "baseline",
        ] {
          #expect(!text.contains(word), "\(word)")
        }
      }
      #expect(OverviewPicture.svg(run.summary) == nil && run.summary.standings.isEmpty)
    }
  }

  @Test func `the command to reproduce it is the one that made it`() {
    var run = Self.same
    run.manifest.compared = Manifest.ComparedSides(
      framework: "sanic", base: "24.12.0", head: "/srv/my sanic", tolerance: 0.05)
    #expect(
      Methodology.howToReproduce(run.summary).joined(separator: "\n") == """
        make compare FRAMEWORK=sanic BASE=24.12.0 HEAD='/srv/my sanic' TOLERANCE=5 \\
          PROFILE=quick DEPLOYMENT=process \\
          SCENARIOS=ping,json,db-read
        """)
    run.manifest.timed = false
    #expect(Methodology.howToReproduce(run.summary)[1] == "  TIMES=off DEPLOYMENT=process \\")
  }

  @Test func `its page is as agreed`() throws { try expectGolden(HTMLReport.text(Self.worse.summary), "versions.html") }
  @Test func `its Markdown is as agreed`() throws {
    try expectGolden(MarkdownReport.text(Self.worse.summary), "versions.md")
  }
  @Test func `its terminal summary is as agreed`() throws {
    let run = Self.worse.summary
    let text = TerminalReport.text(run) + TerminalReport.answer(run).map { "\($0.mood): \($0.text)\n" }.joined()
    try expectGolden(text, "versions.txt")
    for line in TerminalReport.text(run).split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func `the JSON conforms to the schema in docs`() throws {
    let schema = try JSONSchema(ofCheckout: "docs/results.schema.json")
    for run in [Self.worse, Self.same, SyntheticRun.versions()] {
      #expect(try schema.faults(Data(JSONReport.text(run.summary).utf8)) == [])
    }
  }
}
