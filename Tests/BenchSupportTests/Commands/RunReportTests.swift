import BenchTesting
import Foundation
import Reports
import Results
import SyntheticResults
import TestSupport
import Testing

@testable import shootout

extension Exclusive.BenchSupportTests {
  @Suite struct RunReportTests {
    @Test("The reports are made from the attachments, twice the same, and the attachments stay")
    func reports() throws {
      try inTemporaryFolder { path in
        let results = ResultsDirectory(path: path)
        let run = try results.newRun(now: Date(timeIntervalSince1970: 0))
        let attachments = try SyntheticRun.complete.attachments()
        try run.put(attachments)
        try FileManager.default.createDirectory(atPath: run.path + "/raw/old/ping", withIntermediateDirectories: true)
        #expect(try results.latest.writeReports().state == .complete)
        let names = [
          "manifest.json", "results.csv", "results.json", "final_report.md", "report.html", "junit.xml", "overview.svg",
        ]
        func contents() throws -> [Data] {
          try names.map { try Data(contentsOf: URL(fileURLWithPath: run.path + "/" + $0)) }
        }
        let first = try contents()
        #expect(try run.writeReports().state == .complete)
        #expect(try contents() == first)
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: run.path).sorted()
            == [
              "attachments", "final_report.md", "junit.xml", "manifest.json", "overview.svg", "raw", "report.html",
              "results.csv",
              "results.json",
            ])
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path + "/raw").sorted() == ["alpha", "bare"])
        let raw = try Data(contentsOf: URL(fileURLWithPath: run.path + "/raw/alpha/ping/run2.json"))
        #expect(raw == attachments.first { $0.name == "ping--alpha--round2.json" }?.bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.attachments).count == attachments.count)
      }
    }

    @Test("What lies in the folder of flame graphs is linked")
    func profiles() throws {
      try inTemporaryFolder { path in
        let run = try ResultsDirectory(path: path).newRun(now: Date(timeIntervalSince1970: 0))
        try run.put(SyntheticRun.complete.attachments())
        try FileManager.default.createDirectory(atPath: run.path + "/flamegraphs", withIntermediateDirectories: false)
        for name in ["b.svg", "a.svg", ".hidden"] {
          try Data().write(to: URL(fileURLWithPath: run.path + "/flamegraphs/" + name))
        }
        #expect(try run.writeReports().profiles == ["a.svg", "b.svg"])
        #expect(try run.summary() == run.writeReports())
      }
    }

    @Test("Without attachments the error says what to do")
    func noAttachments() throws {
      try inTemporaryFolder { path in
        #expect(throws: RunDirectoryError.noAttachments(path: path)) { try RunDirectory(path: path).writeReports() }
      }
    }

    @Test("Without a manifest nothing is written")
    func noManifest() throws {
      try inTemporaryFolder { path in
        let run = try ResultsDirectory(path: path).newRun(now: Date(timeIntervalSince1970: 0))
        #expect(throws: RunDirectoryError.noManifest(path: run.path, problems: [.noManifest])) {
          try run.writeReports()
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path) == ["attachments"])
      }
    }

    private static var trend: RunTrend {
      get throws {
        try RunTrend([("earlier", SyntheticRun.complete.summary), ("later", SyntheticRun.complete.summary)])
      }
    }

    @Test("A trend is written through links, and a place that cannot be written is told in one line")
    func trend() throws {
      let folder = TemporaryDirectory()
      symlink("elsewhere.md", folder.path + "/trend.md")
      let path = try ResultsDirectory(path: folder.path).write(Self.trend)
      #expect(path == folder.path + "/trend.html")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/trend.md") == "elsewhere.md")
      let written = try String(contentsOfFile: folder.path + "/elsewhere.md", encoding: .utf8)
      #expect(written == TrendMarkdown.text(try Self.trend))
      let blocked = TemporaryDirectory()
      mkdir(blocked.path + "/trend.html", 0o755)
      let error = ResultFileError.cannotOpen(path: blocked.path + "/trend.html", reason: "Is a directory")
      #expect(throws: error) { try ResultsDirectory(path: blocked.path).write(Self.trend) }
      #expect(!FileManager.default.fileExists(atPath: blocked.path + "/trend.md"))
    }
  }
}
