import BenchTesting
import Foundation
import Stack
import SyntheticResults
import TestSupport
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  /// The README and the pages of `docs/` tell people to type what exists and works.
  @Suite struct DocumentationTests {
    /// Who runs a command that stands in a fenced block.
    enum Exercise: Equatable {
      /// This suite, and these are the exit codes that may come of it.
      case here([Int32])
      /// `.ci/run`, with the same target and perhaps on less.
      case ci
      /// Another suite runs the same command with other operands.
      case suite(String)
      /// Nobody but a person, and why.
      case person(String)
    }

    /// Every command of every fenced block.
    private static let exercises: [String: Exercise] = [
      "make test": .ci,
      "make parity": .suite("make test runs the same tests"),
      "make bench": .person("it measures for a quarter of an hour; make test runs the same tests at PROFILE=smoke"),
      "make bench SCENARIOS=json,db-read FRAMEWORKS=sanic,reference": .person("it measures for minutes"),
      "make bench DEPLOYMENT=docker": .person(
        "it measures for a quarter of an hour; .ci/docker runs it at PROFILE=smoke, where there is an engine"),
      "make bench DEPLOYMENT=external URLS=sanic=http://10.0.0.7:8001,reference=http://10.0.0.7:8003": .person(
        "the addresses are the reader's"),
      "make bench DEPLOYMENT=external URLS=aquilia=http://10.0.0.7:8000,reference=http://10.0.0.7:8003": .person(
        "the addresses are the reader's"),
      "make bench DEPLOYMENT=external URLS=… COORDINATOR=10.0.0.1:8100 CONNECTIONS=500": .person(
        "the addresses are the reader's"),
      "make coordinate GENERATORS=2 LISTEN=10.0.0.1:8100": .person("the address is the reader's"),
      "make images": .person("it needs an engine and a registry's base images"),
      "make kubernetes REGISTRY=registry.example/ GENERATORS=10 CONNECTIONS=500": .person("it needs a cluster"),
      "make swarm": .person("it needs a Swarm"),
      "make deploy": .ci,
      "make status": .here([0, 2]),
      "make down": .ci,
      "make report": .here([0]),
      "make report RUN=latest": .here([0]),
      ".build/debug/shootout report 20261120T081500Z latest": .here([0]),
      "make doctor": .here([0, 2]),
      "make compare FRAMEWORK=aquilia BASE=1.4.1 HEAD=1.4.2": .ci,
      "make profile FRAMEWORK=aquilia SCENARIOS=json": .ci,
      "make soak DURATION=30m FRAMEWORKS=sanic": .person("it measures for half an hour"),
      "make soak DURATION=2h RATE=500 FRAMEWORKS=sanic": .person("it measures for two hours"),
      "make soak RUN=latest": .person("it goes on with a run that was ended"),
      "make curve SCENARIOS=ping": .person("it measures for six minutes"),
      "make baseline": .person("it measures for a quarter of an hour or two"),
      "make count": .person("it counts for minutes"),
      "make gate-selftest": .person("it measures for hours"),
      "make faults": .ci,
      "make bench-engine": .person("it measures for minutes and installs Debian packages"),
      ".build/debug/shootout load http://127.0.0.1:8003/ping": .suite("LoadCommands, against a scripted server"),
      ".build/debug/shootout load --duration 10s --expect-body pong.txt http://127.0.0.1:8003/ping":
        .suite("LoadCommands, against a scripted server"),
      ".build/debug/shootout report": .here([0]),
      ".build/debug/shootout --help": .here([0]),
      ".build/debug/shootout help profile": .here([0]),
      ".build/debug/shootout completion bash": .here([0]),
      ".build/debug/shootout completion zsh": .here([0]),
      ".build/debug/shootout annotate test.log": .here([0]),
    ]

    private let folder = TemporaryDirectory()
    private let checkout: Checkout
    private let makefile: String

    init() throws {
      checkout = try Checkout.find()
      makefile = try String(contentsOfFile: checkout.path + "/Makefile", encoding: .utf8)
    }

    private func pages() throws -> [String: DocumentedCommands] {
      let names = try FileManager.default.contentsOfDirectory(atPath: checkout.path + "/docs").filter {
        $0.hasSuffix(".md")
      }
      var pages: [String: DocumentedCommands] = [:]
      for name in ["README.md", "CONTRIBUTING.md"] + names.map({ "docs/" + $0 }) {
        pages[name] = DocumentedCommands(try String(contentsOfFile: checkout.path + "/" + name, encoding: .utf8))
      }
      return pages
    }

    // MARK: Finding commands

    @Test("Commands are found in blocks without their comments, and in spans across lines")
    func extraction() {
      let page = """
        Run `make bench`, or `swift test --filter
        Parity`; `results.csv` is no command.

        ```
        make deploy; make status     # by hand
        scenario   make nothing
        source <(.build/debug/shootout completion bash)
        ```
        ```sh
        shootout load http://127.0.0.1:1/#here
        ```
        """
      let commands = DocumentedCommands(page)
      #expect(commands.fenced == ["make deploy", "make status", "shootout load http://127.0.0.1:1/#here"])
      #expect(commands.spoken == ["make bench", "swift test --filter Parity"])
    }

    // MARK: What is there

    @Test("Every command that is spoken of exists, with its targets, variables, options and filters")
    func existence() throws {
      for (page, commands) in try pages() {
        for command in commands.fenced + commands.spoken {
          if let defect = try defect(of: command) { Issue.record("\(page): `\(command)`: \(defect)") }
        }
      }
    }

    @Test("Every word that the pages give the suite's container is one that it knows")
    func containers() throws {
      let script = try String(contentsOfFile: checkout.path + "/docker/suite.sh", encoding: .utf8)
      var words: Set<String> = []
      for page in try pages().keys {
        let text = try String(contentsOfFile: checkout.path + "/" + page, encoding: .utf8)
        words.formUnion(text.matches(of: /docker compose run (?:--[a-z-]+ )*suite ([a-z]+)/).map { String($0.1) })
      }
      #expect(words.isSuperset(of: ["bench", "test"]))
      for word in words where script.firstMatch(of: try Regex("\n([a-z |]*\\b)?\(word)(\\b[a-z |]*)?\\)")) == nil {
        #expect(try defect(ofShootout: [word]) == nil, "\(word)")
      }
    }

    private func defect(of command: String) throws -> String? {
      let words = command.split(separator: " ").map(String.init)
      switch words[0] {
      case "make": return defect(ofMake: Array(words.dropFirst()))
      case "swift": return try defect(ofSwift: Array(words.dropFirst()))
      default: return try defect(ofShootout: Array(words.dropFirst()))
      }
    }

    private func defect(ofMake words: [String]) -> String? {
      for word in words where word != "…" {
        if let sign = word.firstIndex(of: "=") {
          let variable = word[..<sign]
          if !makefile.contains("$(\(variable))") { return "the Makefile knows no variable \(variable)" }
        } else if makefile.firstRange(of: "\n\(word):") == nil {
          return "the Makefile has no target \(word)"
        }
      }
      return nil
    }

    private func defect(ofSwift words: [String]) throws -> String? {
      guard ["test", "build", "format"].contains(words.first ?? "") else { return "swift has no such command" }
      guard let option = words.firstIndex(of: "--filter"), option + 1 < words.count else { return nil }
      let name = words[option + 1]
      let tests = checkout.path + "/Tests"
      let files = FileManager.default.enumerator(atPath: tests)?.allObjects as? [String] ?? []
      let isThere = files.filter { $0.hasSuffix(".swift") }.contains { file in
        ((try? String(contentsOfFile: tests + "/" + file, encoding: .utf8)) ?? "").contains("struct \(name)")
      }
      return isThere ? nil : "no suite is called \(name)"
    }

    private func defect(ofShootout words: [String]) throws -> String? {
      guard let command = words.first, !command.hasPrefix("-") else { return nil }
      let help = try ProgramRun(["help", command])
      guard help.status == 0 else { return "there is no such command" }
      let options = words.joined(separator: " ").matches(of: /--[a-z-]+/).map { String($0.output) }
      return options.first { $0 != "--help" && !help.output.contains($0) }.map { "it has no option \($0)" }
    }

    @Test("Every command of the program and every target of make that is for people is in the documentation")
    func completeness() throws {
      let text = try pages().keys.map { try String(contentsOfFile: checkout.path + "/" + $0, encoding: .utf8) }.joined()
      for match in makefile.matches(of: #/\n([a-z-]+):[^\n=]*##/#) where match.1 != "help" {
        #expect(text.contains("make \(match.1)"), "make \(match.1)")
      }
    }

    // MARK: What works

    @Test("Somebody runs every command of a block, and the list of who names no other")
    func everybody() throws {
      let fenced = Set(try pages().values.flatMap(\.fenced))
      #expect(fenced.subtracting(Self.exercises.keys) == [], "commands that nobody runs")
      #expect(Set(Self.exercises.keys).subtracting(fenced) == [], "commands that are documented no more")
      let ci = try String(contentsOfFile: checkout.path + "/.ci/run", encoding: .utf8)
      for (command, exercise) in Self.exercises where exercise == .ci && !command.hasPrefix("make compare") {
        let target = command.split(separator: " ").prefix(2).joined(separator: " ")
        #expect(ci.split(separator: "\n").contains { $0.hasPrefix(target) }, "\(target) is not in .ci/run")
      }
    }

    /// The comparisons of two releases that a page shows, in a block or in a sentence: the words after `make compare`.
    private func comparisons() throws -> [[String]] {
      let commands = try pages().values.flatMap { page in page.fenced + page.spoken }
      return commands.map { $0.split(separator: " ").map(String.init) }
        .filter { words in
          words.starts(with: ["make", "compare"])
            && ["BASE", "HEAD"].allSatisfy { side in
              words.contains { word in
                word.wholeMatch(of: /(\w+)=([A-Za-z0-9_.\-]+==)?[0-9][0-9.]*/).map { $0.1 == side } ?? false
              }
            }
        }
        .map { Array($0.dropFirst(2)) }
    }

    @Test("Every comparison of two releases that a page shows is run by .ci/run, on one scenario")
    func comparedInCI() throws {
      let shown = Set(try comparisons().map { (["make", "compare"] + $0).joined(separator: " ") })
      let list = try ProgramRun(["--list"], program: checkout.path + "/.ci/examples")
      #expect(!shown.isEmpty && Set(list.output.split(separator: "\n").map(String.init)) == shown)
      let ci = try String(contentsOfFile: checkout.path + "/.ci/run", encoding: .utf8)
      #expect(ci.split(separator: "\n").contains(".ci/examples"))
    }

    @Test(
      "Every release that a page compares is there to be installed, where an index is reached", .timeLimit(.minutes(5)))
    func releases() throws {
      let folder = checkout.path + "/.build/venvs"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
      let python = names.map { "\(folder)/\($0)/bin/python" }.first { FileManager.default.isExecutableFile(atPath: $0) }
      func pip(_ words: [String]) throws -> ProgramRun {
        let arguments = ["-I", "-m", "pip", "--disable-pip-version-check", "--no-input"] + words
        return try ProgramRun(arguments, program: python)
      }
      let targets = try Target.discover(in: checkout.frameworks)
      for words in try comparisons() {
        func value(_ name: String) -> String? {
          words.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
        }
        let framework = try #require(value("FRAMEWORK"))
        let package = try #require(targets.first { $0.name == framework }?.package, "\(framework) is no framework")
        for side in ["BASE", "HEAD"] {
          let version = try #require(value(side))
          let requirement = version.contains("==") ? version : "\(package)==\(version)"
          guard python != nil else { return Self.skip("no virtual environment has been made") }
          let run = try pip(["install", "--dry-run", "--no-deps", "--ignore-installed", "--quiet", requirement])
          if run.errors.contains("(from versions: none)") {
            return Self.skip("no index has \(package), or none is reached")
          }
          #expect(run.status == 0, "\(requirement): \(run.errors)")
        }
      }
    }

    /// Says that a test looked at nothing.
    private static func skip(_ reason: String) {
      print("skipped: whether the releases in the documentation are there: \(reason)")
    }

    @Test("The commands that are quick and need no network work as they are written")
    func quick() throws {
      var run = SyntheticRun(scenarios: ["ping"])
      for framework in ["alpha", "beta", "bare"] { run.add("ping", framework, perSecond: [100, 101, 99, 100, 102]) }
      for name in ["1", "20261120T081500Z"] {
        for file in try run.attachments() {
          folder.write("runs/\(name)/attachments/\(file.name)", String(decoding: file.bytes, as: UTF8.self))
        }
      }
      symlink("runs/1", folder.path + "/latest")
      folder.write("test.log", "")
      for (command, exercise) in Self.exercises {
        guard case .here(let statuses) = exercise else { continue }
        let status = try execute(command)
        #expect(statuses.contains(status.status), "\(command): \(status.status)\n\(status.errors)")
      }
    }

    @Test("The self-test of the gate has a framework of its own where none is named", arguments: ["", "aquilia"])
    func selfTest(named: String) throws {
      let words = ["make", "-n", "gate-selftest"] + (named.isEmpty ? [] : ["FRAMEWORK=\(named)"])
      let dry = try ProgramRun(
        words, program: "/usr/bin/env", environment: ["MAKEFLAGS": "", "MAKELEVEL": ""], directory: checkout.path)
      let lines = dry.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(
        lines.contains { $0.contains("gate-selftest --measure counts --runs 20 --changes none,unused,1,") },
        "\(dry.output)")
      #expect(lines.contains("--tolerance 2" + (named.isEmpty ? "" : " \(named)")), "\(dry.output)")
    }

    /// make builds nothing here: what runs has been built with this test.
    private func execute(_ command: String) throws -> ProgramRun {
      let words = command.split(separator: " ").map { $0 == "test.log" ? folder.path + "/test.log" : String($0) }
      let environment = ["SHOOTOUT_RESULTS": folder.path, "MAKEFLAGS": "", "MAKELEVEL": ""]
      guard words[0] == "make" else {
        return try ProgramRun(Array(words.dropFirst()), environment: environment, directory: checkout.path)
      }
      let program = CommandLineProgram.path(checkout)
      return try ProgramRun(
        words + ["SWIFT=true", "SHOOTOUT=\(program)"], program: "/usr/bin/env", environment: environment,
        directory: checkout.path)
    }
  }
}
