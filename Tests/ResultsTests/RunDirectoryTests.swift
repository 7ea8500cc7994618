import Foundation
import SyntheticResults
import Testing

@testable import Results

@Suite struct RunDirectoryTests {
  @Test func `a new run has a folder for attachments and is the latest`() throws {
    try inTemporaryFolder { path in
      let results = ResultsDirectory(path: path + "/results")
      let first = try results.newRun(now: Date(timeIntervalSince1970: 1_785_233_702))
      #expect(first.path == path + "/results/runs/20260728T101502Z")
      #expect(FileManager.default.fileExists(atPath: first.attachments))
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: results.latest.path) == "runs/20260728T101502Z")
      let second = try results.newRun(now: Date(timeIntervalSince1970: 1_785_233_702))
      #expect(second.path == first.path + "-2")
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: results.latest.path) == "runs/20260728T101502Z-2")
    }
  }

  @Test func `where no run can be made is known before anything is measured`() throws {
    try inTemporaryFolder { path in
      try ResultsDirectory(path: path + "/results").prepare()
      #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/results") == ["runs"])
      try Data().write(to: URL(fileURLWithPath: path + "/results/latest"))
      #expect(throws: RunDirectoryError.notOurs(path: path + "/results/latest", reason: "is no link to a run")) {
        try ResultsDirectory(path: path + "/results").prepare()
      }
      #expect(throws: RunDirectoryError.cannotMake(path: path + "/results/latest", reason: "Not a directory")) {
        try ResultsDirectory(path: path + "/results/latest").prepare()
      }
    }
  }

  @Test func `a place in the results of a container is named as the host has it`() {
    let results = ResultsDirectory(
      environment: ["SHOOTOUT_RESULTS": "/results", "SHOOTOUT_RESULTS_ON_HOST": "results"], workingDirectory: "/suite")
    #expect(results.shown("/results/runs/x/report.html") == "results/runs/x/report.html")
    #expect(results.shown("/results-of-others/x") == "/results-of-others/x")
    let usual = ResultsDirectory(environment: ["SHOOTOUT_RESULTS": "/results"], workingDirectory: "/suite")
    #expect(usual.shown("/results/runs/x/report.html") == "/results/runs/x/report.html")
  }

  @Test func `a run is named by its folder or by its name among the runs`() throws {
    try inTemporaryFolder { path in
      let results = ResultsDirectory(path: path)
      let run = try results.newRun(now: Date(timeIntervalSince1970: 0))
      #expect(results.run(named: "19700101T000000Z") == run)
      #expect(results.run(named: run.path) == run)
      #expect(results.run(named: "latest") == results.latest)
      #expect(results.run(named: "nowhere").path == "nowhere")
      #expect(results.latest.name == "19700101T000000Z")
    }
  }

  @Test func `a folder among the attachments is named or left aside`() throws {
    try inTemporaryFolder { path in
      let run = try ResultsDirectory(path: path).newRun(now: Date(timeIntervalSince1970: 0))
      try run.put(SyntheticRun.complete.attachments())
      for name in ["a--b--round1.json", "crash"] {
        try FileManager.default.createDirectory(
          atPath: run.attachments + "/" + name, withIntermediateDirectories: false)
      }
      let collected = try run.collect()
      #expect(collected.problems == [.unreadable(file: "a--b--round1.json", reason: "it is not a regular file")])
      #expect(collected.ignored == ["crash"])
    }
  }

  @Test func `what the suite did not make is neither replaced nor removed`() throws {
    try inTemporaryFolder { path in
      let results = ResultsDirectory(path: path)
      let run = try results.newRun(now: Date(timeIntervalSince1970: 0))
      try run.put(SyntheticRun.complete.attachments())
      try run.writeRaw(run.collect())
      try run.writeRaw(run.collect())
      for entry in ["raw/notes.txt", "raw/alpha/ping/deeper/run1.json"] {
        let file = URL(fileURLWithPath: run.path + "/" + entry)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: file)
        let error = #expect(throws: RunDirectoryError.self, "\(entry)") { try run.writeRaw(run.collect()) }
        #expect(
          error?.description.contains("is no raw result, so it is left alone") == true, "\(String(describing: error))")
        #expect(FileManager.default.fileExists(atPath: file.path))
        try FileManager.default.removeItem(at: entry.hasSuffix("txt") ? file : file.deletingLastPathComponent())
      }
      try FileManager.default.removeItem(atPath: results.latest.path)
      try Data("mine".utf8).write(to: URL(fileURLWithPath: results.latest.path))
      #expect(throws: RunDirectoryError.notOurs(path: results.latest.path, reason: "is no link to a run")) {
        try results.newRun(now: Date(timeIntervalSince1970: 0))
      }
      #expect(try String(contentsOfFile: results.latest.path, encoding: .utf8) == "mine")
    }
  }

  @Test func `a run elsewhere does not become the latest`() throws {
    try inTemporaryFolder { path in
      let results = ResultsDirectory(path: path + "/results")
      let run = try results.newRun(now: Date(timeIntervalSince1970: 0))
      #expect(try results.makeLatest(RunDirectory(path: path)) == false)
      #expect(try results.makeLatest(results.latest))
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: results.latest.path) == "runs/19700101T000000Z")
      #expect(run.path.hasSuffix("19700101T000000Z"))
    }
  }

  @Test func `the results lie in the checkout around the working directory, or where the variable says`() throws {
    try inTemporaryFolder { path in
      try FileManager.default.createDirectory(atPath: path + "/a/b", withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path + "/Package.swift"))
      #expect(ResultsDirectory(environment: [:], workingDirectory: path + "/a/b").path == path + "/results")
      let chosen = ["SHOOTOUT_RESULTS": "here"]
      #expect(ResultsDirectory(environment: chosen, workingDirectory: path).path == path + "/here")
      #expect(ResultsDirectory(environment: ["SHOOTOUT_RESULTS": "/x"], workingDirectory: path).path == "/x")
    }
  }
}
