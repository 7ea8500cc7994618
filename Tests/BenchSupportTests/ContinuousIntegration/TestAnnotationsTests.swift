import BenchTesting
import Foundation
import Reports
import Stack
import TestSupport
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  @Suite struct TestAnnotationsTests {
    private static let files = [
      "Tests/ParityTests/Comparison.swift", "Tests/PerfTests/PerfTests.swift", "Sources/A/B.swift",
    ]

    private func lines(_ log: String) -> [String] {
      TestAnnotations(log, checkout: "/w/repo", files: Self.files).lines
    }

    @Test("A perf test that failed is annotated on its line, once")
    func issues() {
      let log = """
        ◇ Test ping() started.
        ✘ Test ping() recorded an issue at PerfTests.swift:15:32: Issue recorded
        ↳ ping: sanic throughput 0.5× of before, tolerated from 0.9×: fail, 50 %
        ✘ Test ping() recorded an issue at PerfTests.swift:15:32: Issue recorded
        ↳ ping: sanic p99 2× of before: fail
        ✘ Test ping() recorded an issue at PerfTests.swift:15:32: Issue recorded
        ↳ ping: sanic p99 2× of before: fail
        ✘ Test "all answer alike" recorded an issue with 1 argument name → "x" at Comparison.swift:9:1: Expectation failed: a
        ↳ in the body
        ✘ Test ping() failed after 1.2 seconds with 2 issues.
        ↳ /// a comment of the suite
        """
      #expect(
        lines(log) == [
          "::error file=Tests/PerfTests/PerfTests.swift,line=15,col=32::ping: sanic throughput 0.5× of before, tolerated from 0.9×: fail, 50 %25",
          "::error file=Tests/PerfTests/PerfTests.swift,line=15,col=32::ping: sanic p99 2× of before: fail",
          "::error file=Tests/ParityTests/Comparison.swift,line=9,col=1::Expectation failed: a%0Ain the body",
        ])
    }

    @Test("An error of the compiler is annotated relative to the checkout")
    func compiler() {
      #expect(
        lines("/w/repo/Sources/A/B.swift:3:14: error: cannot find 'x' in scope\n/elsewhere/C.swift:1:1: error: no")
          == [
            "::error file=Sources/A/B.swift,line=3,col=14::cannot find 'x' in scope",
            "::error file=/elsewhere/C.swift,line=1,col=1::no",
          ])
    }

    @Test("A log without failures has no annotations")
    func none() {
      #expect(lines("✔ Test ping() passed after 1 seconds.\nwarning: json: undecided: at F.swift:1:1: x\n") == [])
    }

    @Test("More than GitHub shows are counted")
    func many() {
      let log = (1...12).map { "✘ Test a() recorded an issue at PerfTests.swift:\($0):1: no" }.joined(separator: "\n")
      #expect(lines(log).count == 10)
      #expect(lines(log).last == "::error::3 more failures; see the log")
    }

    @Test("What a test records in this very run has the shape that is looked for")
    func realShape() throws {
      let annotation = TestAnnotations.Annotation(file: "a,b:c.swift", line: 1, column: 2, message: "one\ntwo")
      #expect(annotation.text == "::error file=a%2Cb%3Ac.swift,line=1,col=2::one%0Atwo")
    }

    // MARK: What to compare

    /// The frameworks whose folders changed from one commit to the next, by `.ci/changed-frameworks`.
    private func changed(_ before: [String: String], _ after: [String: String]) throws -> String {
      let folder = TemporaryDirectory()
      func git(_ words: String...) throws -> String {
        let identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]
        let run = try ProgramRun(["git"] + identity + words, program: "/usr/bin/env", directory: folder.path)
        try #require(run.status == 0, "\(run.errors)")
        return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      func write(_ applications: [String: String]) {
        for (name, text) in applications {
          let package = name == "bare" ? "" : #", "package": "\#(name)""#
          folder.write("docker/frameworks/\(name)/framework.json", #"{"name": "\#(name)"\#(package)}"#)
          folder.write("docker/frameworks/\(name)/app.py", text)
        }
      }
      _ = try git("init", "-q")
      write(before)
      _ = try git("add", ".")
      _ = try git("commit", "-q", "-m", "before")
      let base = try git("rev-parse", "HEAD")
      write(after)
      _ = try git("add", ".")
      _ = try git("commit", "-q", "--allow-empty", "-m", "after")
      let script = try Checkout.find().path + "/.ci/changed-frameworks"
      let run = try ProgramRun([script, base], program: "/usr/bin/env", directory: folder.path)
      #expect(run.status == 0, "\(run.errors)")
      return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("A framework whose folder changed is to be compared, unless it is new or has no package")
    func changedFolders() throws {
      let before = ["alpha": "a = 1", "beta": "b = 1", "bare": "c = 1"]
      #expect(try changed(before, before) == #"{"include": []}"#)
      #expect(
        try changed(before, ["alpha": "a = 2", "beta": "b = 1", "bare": "c = 2", "new": "d = 1"])
          == #"{"include": [{"framework": "alpha"}]}"#)
    }

    @Test("A commit that is not there is said to be so")
    func unknownCommit() throws {
      let checkout = try Checkout.find().path
      let run = try ProgramRun(
        [checkout + "/.ci/changed-frameworks", "no-such-commit"], program: "/usr/bin/env", directory: checkout)
      #expect(run.status == 2)
      #expect(run.errors.contains("unknown commit 'no-such-commit'"))
    }
  }
}
