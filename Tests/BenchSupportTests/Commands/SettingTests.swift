import BenchTesting
import EngineBenchmark
import Foundation
import Results
import Stack
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  /// Every setting is checked before anything is built, installed or started, by every command.
  @Suite struct SettingTests {
    private let checkout: Checkout

    init() throws { checkout = try Checkout.find() }

    // MARK: The table

    @Test("Every variable that the sources read or the documentation names is in the table")
    func table() throws {
      let files = ["Sources", "docs", "docker", ".ci", ".github", "README.md", "Makefile"].flatMap { place in
        (FileManager.default.enumerator(atPath: checkout.path + "/" + place)?.allObjects as? [String] ?? [])
          .map { "\(checkout.path)/\(place)/\($0)" } + ["\(checkout.path)/\(place)"]
      }
      var named: Set<String> = []
      for file in files {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        named.formUnion(text.matches(of: /SHOOTOUT_[A-Z][A-Z_]*[A-Z]/).map { String($0.output) })
      }
      // The mark of a target's processes, and the beginning of some settings.
      named.subtract([ServerProcesses.mark, "SHOOTOUT_COMPARE"])
      #expect(named.subtracting(Setting.formerly.keys) == Set(Setting.allCases.map(\.rawValue)))
    }

    @Test("The documentation lists every setting")
    func documentation() throws {
      let page = try String(contentsOfFile: checkout.path + "/docs/configuration.md", encoding: .utf8)
      for setting in Setting.allCases where ![.compareSlowdown, .updateGolden].contains(setting) {
        #expect(page.contains("`\(setting.rawValue)`"), "\(setting.rawValue)")
      }
    }

    @Test(
      "A variable that is none of ours is refused, with the one that was likely meant",
      arguments: [
        ("SHOOTOUT_SCENARIO", "SHOOTOUT_SCENARIOS"), ("SHOOTOUT_FRAMEWORK", "SHOOTOUT_FRAMEWORKS"),
        ("SHOOTOUT_PROFIL", "SHOOTOUT_PROFILE"), ("SHOOTOUT_RESULT_DIR", "SHOOTOUT_RESULTS"),
      ])
    func unknown(name: String, nearest: String) {
      let error = #expect(throws: ConfigurationError.self) { try Setting.refuseUnknown([name: "x"]) }
      #expect(
        error?.description == "unknown setting \(name); did you mean \(nearest)? docs/configuration.md lists all")
      #expect(throws: Never.self) { try Setting.refuseUnknown([name: " "]) }
    }

    @Test("A former name is read as the one of today, which wins where both are set")
    func formerNames() {
      #expect(throws: Never.self) { try Setting.refuseUnknown(["SHOOTOUT_CONDUCTOR": "x"]) }
      #expect(SettingValues(["SHOOTOUT_CONDUCTOR": "a:1"])["SHOOTOUT_COORDINATOR"] == "a:1")
      let both = ["SHOOTOUT_CONDUCTOR": "a:1", "SHOOTOUT_COORDINATOR": "b:2"]
      #expect(SettingValues(both)["SHOOTOUT_COORDINATOR"] == "b:2")
      #expect(
        SettingValues(["SHOOTOUT_CONDUCTOR": "a:1", "SHOOTOUT_COORDINATOR": " "])["SHOOTOUT_COORDINATOR"] == "a:1")
    }

    @Test("A message names what was typed: the variable of make where make handed it on")
    func typed() {
      let made = ["MAKELEVEL": "1", "SCENARIOS": "pong", "SHOOTOUT_SCENARIOS": "pong", "SHOOTOUT_PROFILE": "quick"]
      let text = "pong in SHOOTOUT_SCENARIOS, quick in SHOOTOUT_PROFILE"
      #expect(Setting.asTyped(text, made) == "pong in SCENARIOS, quick in SHOOTOUT_PROFILE")
      let former = "x in SHOOTOUT_COORDINATOR"
      #expect(Setting.asTyped(former, ["SHOOTOUT_CONDUCTOR": "x"]) == "x in SHOOTOUT_CONDUCTOR")
      let handedOn = ["MAKELEVEL": "1", "CONDUCTOR": "x", "SHOOTOUT_COORDINATOR": "x"]
      #expect(Setting.asTyped(former, handedOn) == "x in CONDUCTOR")
      #expect(Setting.asTyped(text, made.merging(["MAKELEVEL": ""]) { $1 }) == text)
      #expect(Setting.asTyped(text, made.merging(["SCENARIOS": "other"]) { $1 }) == text)
      let compared = ["MAKELEVEL": "1", "BASE": "1.0", "SHOOTOUT_COMPARE_BASE": "1.0"]
      #expect(Setting.asTyped("SHOOTOUT_COMPARE_BASE is '1.0'", compared) == "BASE is '1.0'")
      #expect(Setting.asTyped("SHOOTOUT_COMPARE_BASES is", compared) == "SHOOTOUT_COMPARE_BASES is")
    }

    // MARK: shootout

    @Test("Every command refuses a setting that makes no sense, in one line and with exit code 3")
    func everyCommand() throws {
      for command in [
        "new-run", "report", "coordinate --generators 1", "merge x", "baseline", "setup --check", "deploy", "down",
        "status",
        "compose ps", "load http://127.0.0.1:1/", "profile", "curve", "faults", "bench-engine",
        "gate-selftest", "doctor",
      ] {
        let run = try ProgramRun(
          command.split(separator: " ").map(String.init), environment: ["SHOOTOUT_SCENARIOS": "nosuch"])
        #expect(run.status == 3 && run.output.isEmpty, "\(command): \(run.output)")
        #expect(
          run.errors.hasPrefix("shootout: unknown scenario 'nosuch' in SHOOTOUT_SCENARIOS; known: ping, "), "\(command)"
        )
        #expect(run.errors.split(separator: "\n").count == 1, "\(command)")
      }
    }

    @Test("What tells of the program and of its failures works all the same", arguments: ["help", "completion bash"])
    func help(words: String) throws {
      let run = try ProgramRun(
        words.split(separator: " ").map(String.init), environment: ["SHOOTOUT_SCENARIOS": "nosuch"])
      #expect(run.status == 0 && !run.output.isEmpty)
    }

    // MARK: swift test

    /// The lines of the test program that record an issue; what these tests begin with goes wrong, so that none runs.
    private func issues(_ filter: String, _ environment: [String: String]) throws -> [String] {
      let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let run = try ProgramRun(
        ["--testing-library", "swift-testing", "--filter", filter], program: program, environment: environment)
      #expect(run.status != 0)
      let lines = (run.output + run.errors).split(separator: "\n").map(String.init)
      return lines.filter { $0.contains("recorded an issue") }
    }

    @Test(
      "For the tests it is one issue, and none of them runs",
      arguments: [
        ("Exclusive.(Perf|Parity)", ["SHOOTOUT_SCENARIOS": "nosuch"], "unknown scenario 'nosuch'"),
        ("Exclusive.(Perf|Parity)", ["SHOOTOUT_FOO": "1"], "unknown setting SHOOTOUT_FOO"),
        ("Exclusive.Perf", ["SHOOTOUT_STRICT": "1", "SHOOTOUT_PROFILE": "smoke"], "SHOOTOUT_STRICT is 1"),
      ])
    func tests(filter: String, environment: [String: String], says: String) throws {
      let issues = try issues(filter, environment)
      #expect(issues.count == 1 && issues[0].contains(says), "\(issues)")
    }

    #if compiler(>=6.3)
      @Test("Where nothing answers, one test says so, and not every one")
      func nothingThere() throws {
        let issues = try issues(
          "Exclusive.(Perf|Parity)",
          ["SHOOTOUT_DEPLOYMENT": "external", "SHOOTOUT_URLS": "reference=http://127.0.0.1:1"])
        #expect(issues.count == 1 && issues[0].contains("reference at http://127.0.0.1:1: "), "\(issues)")
      }
    #endif

    // MARK: make

    /// The check that make runs first; the variables of this process do not count.
    private func check(_ targets: String, _ environment: [String: String]) throws -> ProgramRun {
      var all = Dictionary(uniqueKeysWithValues: Setting.allCases.map { ($0.rawValue, "") })
      for setting in Setting.allCases { setting.makeVariable.map { all[$0] = "" } }
      return try ProgramRun(
        targets.split(separator: " ").map(String.init), program: checkout.path + "/.ci/check-settings",
        environment: all.merging(environment) { $1 }, directory: "/")
    }

    /// What the check lists as known for a name that nobody has.
    private func known(_ setting: Setting) throws -> [String] {
      let run = try check("bench", [setting.rawValue: "nosuch"])
      #expect(run.status == 3)
      let list = run.errors.split(separator: "known: ").last ?? ""
      return list.trimmingCharacters(in: .newlines).components(separatedBy: ", ")
    }

    @Test("make knows the same names as the program")
    func sameNames() throws {
      #expect(try Set(known(.scenarios)) == Set(Scenario.names))
      #expect(try Set(known(.frameworks)) == Set(Target.discover(in: checkout.frameworks).map(\.name)))
      #expect(try known(.profile) == Profile.allCases.map(\.rawValue))
      #expect(try known(.deployment) == DeploymentKind.allCases.map(\.rawValue))
      let works = try check("bench-engine", ["WORKS": "nosuch"]).errors
      #expect(works.contains("known: \(EngineWork.all.map(\.name).joined(separator: ", "))"), "\(works)")
      let faults = try check("faults", ["FAULTS": "nosuch"]).errors
      #expect(
        faults.contains("known: all, \(InjectedFault.allCases.map(\.rawValue).joined(separator: ", "))"), "\(faults)")
      for setting in Setting.allCases where setting != .postgresBin {
        let run = try check("", [setting.rawValue: "1"])
        #expect(!run.errors.contains("unknown setting SHOOTOUT"), "\(run.errors)")
      }
      #expect(try check("", ["SHOOTOUT_FOO": "1"]).status == 3)
    }

    @Test(
      "make refuses in one line that names what was typed",
      arguments: [
        (
          "bench", ["SCENARIOS": "json,nosuch", "SHOOTOUT_SCENARIOS": "json,nosuch"],
          "unknown scenario 'nosuch' in SCENARIOS"
        ),
        ("bench", ["SHOOTOUT_SCENARIOS": "*"], "unknown scenario '*' in SHOOTOUT_SCENARIOS"),
        ("bench", ["SHOOTOUT_SCENARIOS": "path ping"], "unknown scenario 'path ping' in SHOOTOUT_SCENARIOS"),
        ("bench", ["SHOOTOUT_PROFILE": "smoke quick"], "unknown profile 'smoke quick' in SHOOTOUT_PROFILE"),
        ("parity", ["SHOOTOUT_FRAMEWORKS": ","], "SHOOTOUT_FRAMEWORKS names nothing"),
        ("test", ["PROFILE": "fast", "SHOOTOUT_PROFILE": "fast"], "unknown profile 'fast' in PROFILE"),
        ("test", ["SHOOTOUT_STRICT": "1"], "SHOOTOUT_STRICT is 1, which wants"),
        ("bench", ["SHOOTOUT_CONNECTIONS": "0"], "SHOOTOUT_CONNECTIONS is '0'"),
        ("bench", ["SHOOTOUT_URLS": "sanic=http://h:1"], "SHOOTOUT_URLS is set, and the deployment is process"),
        ("bench", ["SHOOTOUT_DEPLOYMENT": "external"], "URLS names no server"),
        (
          "faults", ["SHOOTOUT_DEPLOYMENT": "external", "SHOOTOUT_URLS": "sanic=http://h:1"],
          "make faults breaks what it tests, and SHOOTOUT_DEPLOYMENT=external means servers that the suite did not start"
        ),
        ("faults", ["RUN": "nosuch"], "there is no run 'nosuch'"),
        ("faults", ["FAULTS": "worker-killed,x"], "unknown fault 'x' in FAULTS"),
        ("bench", ["SHOOTOUT_DEPLOYMENT": "compose"], "SHOOTOUT_DEPLOYMENT is compose, which is of the suite"),
        (
          "bench", ["SWIFT": "no-swift", "SHOOTOUT_DEPLOYMENT": "docker"],
          "there is no no-swift on PATH; right would be a toolchain of Swift 6.2 or newer, or without one, with "
            + "Docker alone: docker compose run --rm suite bench"
        ),
        (
          "bench", ["SHOOTOUT_DEPLOYMENT": "external", "SHOOTOUT_URLS": "x=http://h:1"],
          "unknown framework 'x' in SHOOTOUT_URLS"
        ),
        (
          "bench", ["SHOOTOUT_DEPLOYMENT": "external", "SHOOTOUT_URLS": "sanic=http://me:secret@h:1"],
          "SHOOTOUT_URLS has a user name or a password before an @, and the suite sends none"
        ),
        (
          "compare", ["FRAMEWORK": "fastapi", "BASE": "1.0", "HEAD": "https://me:secret@h/x"],
          "HEAD is 'https://…@h/x', which is no version; right would be git+https://"
        ),
        ("deploy", ["FRAMEWORK": "flask"], "unknown name 'flask' in FRAMEWORK; known: all, postgres, "),
        ("profile", ["FRAMEWORK": "postgres"], "unknown framework 'postgres' in FRAMEWORK; known: all, "),
        ("curve", ["LIMIT": "50"], "LIMIT is '50'; right would be a latency from 1ms to 60s, such as 50ms"),
        ("curve", ["RUN": "nosuch"], "there is no run 'nosuch'"),
        ("profile", ["DURATION": "1500ms"], "DURATION is '1500ms'"),
        ("compare", ["FRAMEWORK": "all"], "FRAMEWORK names no single framework; right would be one of aquilia, "),
        (
          "compare", ["FRAMEWORK": "fastpi"],
          "unknown framework 'fastpi' in FRAMEWORK; did you mean fastapi? known: aquilia, "
        ),
        (
          "compare", ["SHOOTOUT_COMPARE_FRAMEWORK": "fastpi"],
          "unknown framework 'fastpi' in SHOOTOUT_COMPARE_FRAMEWORK; did you mean fastapi? known: "
        ),
        ("compare", ["FRAMEWORK": "fastapi", "BASE": "1.0"], "HEAD is not set"),
        (
          "compare", ["FRAMEWORK": "fastapi", "BASE": "1.0", "HEAD": "/nowhere"],
          "HEAD is '/nowhere', which does not exist"
        ),
        (
          "compare", ["FRAMEWORK": "fastapi", "BASE": "latest", "HEAD": "1.0"],
          "BASE is 'latest', which is no version and does not exist"
        ),
        (
          "compare",
          ["SHOOTOUT_COMPARE_FRAMEWORK": "fastapi", "SHOOTOUT_COMPARE_BASE": "1.0", "SHOOTOUT_COMPARE_HEAD": "docs"],
          "SHOOTOUT_COMPARE_HEAD is 'docs', a folder without pyproject.toml and setup.py"
        ),
        (
          "compare", ["FRAMEWORK": "fastapi", "BASE": "Makefile", "HEAD": "1.0"],
          "BASE is 'Makefile', a file that is no wheel"
        ),
        (
          "compare", ["FRAMEWORK": "fastapi", "BASE": "1.0", "HEAD": "docker/frameworks/sanic"],
          "HEAD is 'docker/frameworks/sanic', an application whose folder is named 'sanic'; right would be a folder named 'fastapi', as framework.json says"
        ),
        (
          "compare",
          [
            "FRAMEWORK": "fastapi", "BASE": "1.0", "HEAD": "docker/frameworks/fastapi", "SHOOTOUT_DEPLOYMENT": "docker",
          ],
          "HEAD is 'docker/frameworks/fastapi', the folder of an application, which is compared as processes only"
        ),
        (
          "compare",
          ["FRAMEWORK": "fastapi", "BASE": "1.0", "HEAD": "git+https://u:secret@h/x", "SHOOTOUT_DEPLOYMENT": "docker"],
          "HEAD is 'git+https://…@h/x', and DEPLOYMENT=docker compares versions, wheels and source trees"
        ),
        (
          "compare", ["FRAMEWORK": "fastapi", "BASE": "1.0", "HEAD": "1.1", "TOLERANCE": "tests"],
          "TOLERANCE is 'tests'"
        ),
        (
          "compare", ["FRAMEWORK": "fastapi", "BASE": "1.0", "HEAD": "1.1", "SHOOTOUT_COMPARE_TOLERANCE": "100"],
          "SHOOTOUT_COMPARE_TOLERANCE is '100'"
        ),
        (
          "compare", ["FRAMEWORK": "fastapi", "BASE": "1.0", "HEAD": "1.1", "HEAD_PYTHON": "python-of-nobody"],
          "HEAD_PYTHON is 'python-of-nobody', and there is no such program"
        ),
        ("bench", ["SHOOTOUT_DEPLOYMENT": "docker", "TARGET_CPUS": "two"], "TARGET_CPUS is 'two'"),
        ("bench", ["SHOOTOUT_DEPLOYMENT": "docker", "POSTGRES_MEMORY": "lots"], "POSTGRES_MEMORY is 'lots'"),
        ("bench", ["SHOOTOUT_STATE": "there"], "SHOOTOUT_STATE is 'there', which is another folder for every folder"),
        (
          "bench", ["SHOOTOUT_STATE": "/usr"], "SHOOTOUT_STATE is '/usr', which holds files that the suite did not make"
        ),
        ("report", ["RUN": "nosuch"], "there is no run 'nosuch'"),
        ("bench", ["SHOOTOUT_DATABASE_URL": "mysql://h/d"], "SHOOTOUT_DATABASE_URL is no address"),
        (
          "bench", ["SHOOTOUT_DATABASE_URL": "postgresql://u:p@h/d"],
          "SHOOTOUT_DATABASE_URL is set, and the deployment is process"
        ),
        ("coordinate", ["GENERATORS": "0"], "GENERATORS is '0'"),
        ("coordinate", ["LISTEN": "8100"], "'8100' in LISTEN"),
        ("gate-selftest", ["RUNS": "x"], "RUNS is 'x'"),
        ("gate-selftest", ["SLOWDOWNS": "0,200"], "a percentage in SLOWDOWNS"),
        (
          "gate-selftest", ["MEASURE": "time"],
          "unknown measure 'time' in MEASURE; did you mean times? known: counts, times"
        ),
        ("gate-selftest", ["CHANGES": "none,loop"], "'loop' in CHANGES is no change"),
        ("gate-selftest", ["CHANGES": "none,150"], "'150' in CHANGES is no change"),
        ("bench", ["SHOOTOUT_TIMES": "no"], "unknown setting 'no' in SHOOTOUT_TIMES; known: on, off"),
        (
          "bench", ["SHOOTOUT_TIMES": "off", "SHOOTOUT_COUNTS": "off"],
          "SHOOTOUT_TIMES and SHOOTOUT_COUNTS are both off"
        ),
        ("baseline", ["SHOOTOUT_COUNT_STARTS": "0"], "SHOOTOUT_COUNT_STARTS is '0'"),
        ("soak", ["MAKE_VARIABLES": "SWIFT DURATION", "DURATION": "x"], "DURATION is 'x'"),
        (
          "curve", ["MAKE_VARIABLES": "DURATION", "DURATION": "1m"],
          "DURATION is set, and nothing that make is to do reads it; it is for make soak, make profile"
        ),
        ("soak", ["DURATION": "0s"], "DURATION is '0s', and is a second at least"),
        ("curve", ["LIMIT": "0.0s"], "LIMIT is '0.0s'; right would be a latency from 1ms to 60s"),
        ("curve", ["LIMIT": "0ms"], "LIMIT is '0ms'; right would be a latency from 1ms to 60s"),
        (
          "bench", ["MAKE_VARIABLES": "SCENARIO"],
          "make knows no variable SCENARIO; did you mean SCENARIOS? known: PROFILE, "
        ),
        ("bench", ["SHOOTOUT_SCENARIO": "x"], "unknown setting SHOOTOUT_SCENARIO; did you mean SHOOTOUT_SCENARIOS?"),
      ] as [(String, [String: String], String)])
    func mistakes(target: String, environment: [String: String], says: String) throws {
      let run = try check(target, environment)
      #expect(run.status == 3 && run.output.isEmpty)
      #expect(run.errors.hasPrefix("shootout: \(says)"), "\(run.errors)")
      #expect(run.errors.split(separator: "\n").count == 1 && !run.errors.contains("secret"))
    }

    @Test(
      "make takes what is right",
      arguments: [
        ("bench", ["SHOOTOUT_SCENARIOS": "json, ping,", "SHOOTOUT_FRAMEWORKS": "all", "SHOOTOUT_STRICT": "1"]),
        (
          "compare",
          ["FRAMEWORK": "fastapi", "BASE": "0.115.0", "HEAD": "docker/frameworks/fastapi", "TOLERANCE": "2.5"]
        ),
        ("compare", ["FRAMEWORK": "fastapi", "BASE": "uvicorn==0.53.0", "HEAD": "git+https://h/x@main"]),
        ("bench", ["SHOOTOUT_TIMES": "off", "SHOOTOUT_STRICT": "1", "SHOOTOUT_PROFILE": "smoke"]), ("count", [:]),
        ("gate-selftest", ["MEASURE": "counts", "CHANGES": "none,0.75,query"]),
        (
          "bench",
          [
            "SHOOTOUT_DEPLOYMENT": "external",
            "SHOOTOUT_URLS": "sanic=http://10.0.0.7:8001,reference=http://10.0.0.7:8003",
            "SHOOTOUT_COORDINATOR": "10.0.0.1:8100", "SHOOTOUT_CONNECTIONS": "500",
          ]
        ),
        ("down", ["DURATION": "x", "RUNS": "x", "BASE": "x", "WORKS": "x", "LISTEN": "x", "MAKE_VARIABLES": "SWIFT"]),
        ("bench", ["SHOOTOUT_DEPLOYMENT": "docker", "TARGET_CPUS": "0.5", "TARGET_MEMORY": "1G"]),
        ("bench", ["FRAMEWORK": "flask", "RUN": "x", "TARGET_CPUS": "two"]),
        ("bench", ["SHOOTOUT_CONDUCTOR": "10.0.0.1:8100", "MAKE_VARIABLES": "CONDUCTOR CONTESTANT_CPUS"]),
        ("profile", ["FRAMEWORK": "aquilia,sanic", "DURATION": "2s"]),
        ("deploy", ["FRAMEWORK": "postgres"]),
      ] as [(String, [String: String])])
    func right(target: String, environment: [String: String]) throws {
      let run = try check(target, environment)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    }

    @Test("make builds nothing before the check", arguments: ["bench", "parity", "test", "deploy", "report", "doctor"])
    func order(target: String) throws {
      let run = try ProgramRun(
        ["make", target, "SCENARIOS=nosuch", "SWIFT=echo built"], program: "/usr/bin/env",
        environment: ["MAKEFLAGS": "", "MAKELEVEL": ""], directory: checkout.path)
      #expect(run.status == 2 && run.output.isEmpty, "\(run.output)")
      #expect(run.errors.hasPrefix("shootout: unknown scenario 'nosuch' in SCENARIOS; known: "), "\(run.errors)")
    }
  }
}
