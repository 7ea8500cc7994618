import BenchTesting
import Foundation
import Stack
import SyntheticResults
import TestSupport
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  /// The program as a person or a script meets it: help, completion, messages and exit codes.
  @Suite struct CommandTests {
    private let folder = TemporaryDirectory()

    /// The commands of the overview: two spaces, a name, its summary.
    private static func commands() throws -> [String] {
      let overview = try ProgramRun(["help"]).output
      let listed = overview.split(separator: "\n\n").filter { part in
        ["measure and report:", "the stack by hand:", "look closer:", "this program:"].contains { part.hasPrefix($0) }
      }
      return listed.flatMap { $0.split(separator: "\n").dropFirst() }
        .compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    // MARK: Help

    @Test("The overview names every command, teaches the first steps, and says where to go next, in 80 columns")
    func overview() throws {
      let help = try ProgramRun(["--help"])
      #expect(help.status == 0)
      for part in ["first steps:", "examples:", "exit code:", "more:", "make bench", "shootout doctor"] {
        #expect(help.output.contains(part), "\(part)")
      }
      #expect(try Self.commands().count >= 14)
      for words in [["-h"], ["help"], []] { #expect(try ProgramRun(words).output == help.output) }
    }

    @Test("Every command has help with its usage and options, in 80 columns")
    func help() throws {
      var texts = [try ProgramRun(["help"]).output]
      for command in try Self.commands() {
        let help = try ProgramRun([command, "--help"])
        #expect(help.status == 0)
        #expect(help.output.hasPrefix("usage: shootout \(command)"), "\(help.output)")
        #expect(try ProgramRun(["help", command]).output == help.output)
        texts.append(help.output)
      }
      for line in texts.joined().split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test("The version names the revision where there is a repository")
    func version() throws {
      let run = try ProgramRun(["--version"])
      #expect(run.status == 0)
      #expect(
        run.output.wholeMatch(of: /shootout \d+\.\d+\.\d+[^ ]* \((.+, )?Swift 6[^)]*\)\n/) != nil, "\(run.output)")
    }

    // MARK: Exit codes

    @Test("An unknown option is bad usage, and the known ones are those of the help")
    func unknownOption() throws {
      for command in try Self.commands() {
        let run = try ProgramRun([command, "--no-such-option"])
        #expect(run.status == 3, "\(command): \(run.errors)")
        let known = run.errors.components(separatedBy: "known: ").last ?? ""
        let options = Set(known.matches(of: /--[a-z-]+/).map { String($0.output) })
        let help = try ProgramRun([command, "--help"]).output
        let listed = help.components(separatedBy: "options:\n").dropFirst().first?.components(separatedBy: "\n\n").first
        let shown = (listed ?? "").split(separator: "\n").compactMap {
          $0.firstMatch(of: /--[a-z-]+/).map { String($0.output) }
        }
        #expect(options == Set(shown), "\(command)")
      }
    }

    @Test(
      "Bad usage is exit code 3 with one line that says what would be right",
      arguments: [
        ("nonsense", [:], "known: "), ("help nonsense", [:], "known: "), ("completion", [:], "bash, zsh"),
        ("completion fish", [:], "bash, zsh"), ("status flask", [:], "known: all, postgres"),
        ("profile postgres", [:], "all or a target's name"), ("profile --duration 1500ms", [:], "--duration 5s"),
        ("profile --rate 0", [:], "--rate 100"),
        ("curve --limit 50", [:], "right would be 20ms or 1s"), ("curve --limit 2m", [:], "--limit 50ms"),
        ("curve --run latest --limit 20ms", [:], "one of --run and --limit"),
        ("doctor all", [:], "no operands"),
        ("status", ["SHOOTOUT_FRAMEWORKS": "flask"], "unknown framework 'flask'"),
        ("profile", ["SHOOTOUT_SCENARIOS": "pong"], "unknown scenario 'pong'"),
        ("deploy", ["SHOOTOUT_PROFILE": "fast"], "unknown profile 'fast'"),
        ("setup", ["SHOOTOUT_DEPLOYMENT": "vm"], "unknown deployment 'vm'"),
      ] as [(String, [String: String], String)])
    func badUsage(words: String, environment: [String: String], says: String) throws {
      let run = try ProgramRun(words.split(separator: " ").map(String.init), environment: environment)
      #expect(run.status == 3, "\(run.errors)")
      #expect(run.output.isEmpty)
      #expect(run.errors.hasPrefix("shootout: ") && run.errors.contains(says), "\(run.errors)")
      #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test("A report's exit code says whether the run passed, failed or is incomplete")
    func reportCodes() throws {
      var complete = SyntheticRun(scenarios: ["ping"])
      for framework in ["alpha", "beta", "bare"] {
        complete.add("ping", framework, perSecond: [100, 101, 99, 100, 102])
      }
      var failed = complete
      failed.change("ping", "beta") { $0.load.errors = ["timeout": 1] }
      var incomplete = failed
      incomplete.remove("ping", "alpha", rounds: [3])
      for (run, status) in [(complete, 0 as Int32), (failed, 1), (incomplete, 2)] {
        #expect(try report(run, "run\(status)").status == status)
      }
      #expect(try ProgramRun(["report", folder.path + "/nowhere"]).status == 2)
    }

    private func report(
      _ run: SyntheticRun, _ name: String, environment: [String: String] = [:]
    ) throws -> ProgramRun {
      for file in try run.attachments() {
        folder.write("\(name)/attachments/\(file.name)", String(decoding: file.bytes, as: UTF8.self))
      }
      return try ProgramRun(["report", folder.path + "/" + name], environment: environment)
    }

    @Test("A report is the same in every language and time zone")
    func languages() throws {
      let german = ["LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "TZ": "Asia/Tokyo"]
      let english = ["LANG": "C", "LC_ALL": "C", "LANGUAGE": "", "TZ": "UTC"]
      let texts = try [german, english].enumerated().map { index, environment in
        let run = try report(.ofEverything, "language\(index)", environment: environment)
        let files = try ["results.csv", "results.json", "final_report.md", "report.html", "junit.xml"].map {
          try String(contentsOfFile: "\(folder.path)/language\(index)/\($0)", encoding: .utf8)
        }
        return (files + [run.output, run.errors]).map { $0.replacing("language\(index)", with: "") }
      }
      #expect(texts[0] == texts[1])
    }

    @Test("The tables of a terminal fit 80 columns")
    func columns() throws {
      let run = try report(SyntheticRun.ofEverything, "everything")
      #expect(run.output.contains("scenario "))
      for line in run.output.split(separator: "\n") where !line.hasPrefix("report: ") {
        #expect(line.count <= 80, "\(line)")
      }
    }

    @Test("Nothing that is no terminal gets colour")
    func noColor() throws {
      let run = try ProgramRun(["doctor"])
      #expect([0, 2].contains(run.status), "\(run.errors)")
      #expect(!run.output.contains("\u{1B}"))
      #expect(run.output.contains("What would distort a measurement"))
    }

    // MARK: Completion

    /// What bash offers for the last word.
    private func bash(_ words: [String]) throws -> [String] {
      let script = folder.path + "/completion.bash"
      try ProgramRun(["completion", "bash"]).output.write(toFile: script, atomically: true, encoding: .utf8)
      let quoted = words.map { "'\($0)'" }.joined(separator: " ")
      let command =
        "source '\(script)'; COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1); _shootout; printf '%s\\n' \"${COMPREPLY[@]}\""
      let run = try ProgramRun(["--norc", "--noprofile", "-c", command], program: "/bin/bash", directory: folder.path)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      return run.output.split(separator: "\n").map(String.init)
    }

    @Test("bash completes commands, options, values and names")
    func bashCompletion() throws {
      #expect(try Set(bash(["shootout", ""])) == Set(Self.commands() + ["--help", "--version"]))
      #expect(try bash(["shootout", "lo"]) == ["load"])
      #expect(try bash(["shootout", "load", "--conn"]) == ["--connections"])
      #expect(try bash(["shootout", "load", "--connections", ""]) == [])
      #expect(try bash(["shootout", "load", "--method", "P"]) == ["POST", "PUT"])
      #expect(try bash(["shootout", "deploy", "post"]) == ["postgres"])
      let known = try Target.discover(in: Checkout.find().frameworks).map(\.name)
      #expect(try Set(bash(["shootout", "status", ""])) == Set(known + ["all", "postgres", "--help"]))
      #expect(try bash(["shootout", "completion", "z"]) == ["zsh"])
      folder.write("run 1/x", "")
      folder.write("body.json", "")
      #expect(try bash(["shootout", "report", "run"]) == ["run 1"])
      #expect(try bash(["shootout", "load", "--body", "bo"]) == ["body.json"])
    }

    private static let zsh = ["/usr/bin/zsh", "/bin/zsh"].first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test("zsh can read its script", .enabled(if: zsh != nil))
    func zshCompletion() throws {
      let script = folder.path + "/_shootout"
      try ProgramRun(["completion", "zsh"]).output.write(toFile: script, atomically: true, encoding: .utf8)
      let run = try ProgramRun(
        ["-f", "-c", "autoload -Uz compinit && compinit -D && source '\(script)' && print $_comps[shootout]"],
        program: Self.zsh)
      #expect(run.output == "_shootout\n" && run.errors.isEmpty, "\(run.errors)")
    }

    @Test("Every command and option is in both scripts")
    func completionIsWhole() throws {
      for shell in ["bash", "zsh"] {
        let script = try ProgramRun(["completion", shell]).output
        for command in try Self.commands() {
          #expect(script.contains(command))
          let help = try ProgramRun([command, "--help"]).output
          for option in help.matches(of: /\n  (--[a-z-]+)/) {
            #expect(script.contains(option.1), "\(shell): \(option.1)")
          }
        }
      }
    }
  }
}
