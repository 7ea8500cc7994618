import BenchTesting
import Foundation
import Results
import SyntheticResults
import TestSupport
import Testing

@testable import shootout

extension Exclusive.BenchSupportTests {
  /// `shootout report --publish DIR`, as far as it touches files.
  @Suite struct SitePublicationTests {
    /// Results with two runs, and a place for a site beside them.
    private func inResults(_ body: (_ results: ResultsDirectory, _ site: String) throws -> Void) throws {
      try inTemporaryFolder { path in
        let results = ResultsDirectory(path: path + "/results")
        for seconds in [0.0, 60] {
          let run = try results.newRun(now: Date(timeIntervalSince1970: seconds))
          try run.put(SyntheticRun.complete.attachments())
        }
        try body(results, path + "/site")
      }
    }

    private func files(_ folder: String) throws -> [String: Data] {
      let names = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
      return Dictionary(
        uniqueKeysWithValues: names.compactMap { name in
          (try? Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))).map { (name, $0) }
        })
    }

    @Test("Each run has its page and its files, the attachments stay away, and the same runs make the same bytes")
    func publishes() throws {
      try inResults { results, site in
        let publication = SitePublication(path: site)
        #expect(try publication.publish(results).runs == 2)
        let first = try files(site)
        for run in ["19700101T000000Z", "19700101T000100Z"] {
          for name in ["report.html", "results.csv", "results.json", "raw/alpha/ping/run1.json"] {
            #expect(first["runs/\(run)/\(name)"] != nil, "\(run) \(name)")
          }
        }
        #expect(!first.keys.contains { $0.contains("attachments") })
        #expect(first["index.html"] != nil && first["trends/quick-1.html"] != nil)
        _ = try publication.publish(results)
        #expect(try files(site) == first)
      }
    }

    @Test("A folder with other files is refused in one line, and nothing is written into it")
    func refused() throws {
      try inResults { results, site in
        try FileManager.default.createDirectory(atPath: site, withIntermediateDirectories: false)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: site + "/notes.txt"))
        #expect(
          throws: RunDirectoryError.notOurs(
            path: site, reason: "holds files and was not made by shootout report --publish")
        ) { try SitePublication(path: site).publish(results) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: site) == ["notes.txt"])
      }
    }

    @Test("A file in the place of the folder is named")
    func file() throws {
      try inResults { results, site in
        try Data("mine".utf8).write(to: URL(fileURLWithPath: site))
        #expect(throws: RunDirectoryError.notOurs(path: site, reason: "is no folder")) {
          try SitePublication(path: site).publish(results)
        }
      }
    }

    @Test("What somebody puts into the site stays, and a file in our way is not overwritten")
    func ofOthers() throws {
      try inResults { results, site in
        let publication = SitePublication(path: site)
        _ = try publication.publish(results)
        try Data("example.org".utf8).write(to: URL(fileURLWithPath: site + "/CNAME"))
        _ = try publication.publish(results)
        #expect(try String(contentsOfFile: site + "/CNAME", encoding: .utf8) == "example.org")
        // A run whose name is taken by a file that is not ours.
        let run = try results.newRun(now: Date(timeIntervalSince1970: 120))
        try run.put(SyntheticRun.complete.attachments())
        let taken = site + "/runs/" + run.name
        try Data("mine".utf8).write(to: URL(fileURLWithPath: taken))
        #expect(
          throws: RunDirectoryError.notOurs(path: taken, reason: "was not made by shootout report --publish")
        ) { try publication.publish(results) }
        #expect(try String(contentsOfFile: taken, encoding: .utf8) == "mine")
      }
    }

    @Test("A run that is gone leaves the site with its files, and nothing else does")
    func removed() throws {
      try inResults { results, site in
        let publication = SitePublication(path: site)
        _ = try publication.publish(results)
        let gone = "/runs/19700101T000000Z"
        try Data("mine".utf8).write(to: URL(fileURLWithPath: site + gone + "/note.txt"))
        try FileManager.default.removeItem(atPath: results.path + gone)
        _ = try publication.publish(results)
        #expect(try FileManager.default.contentsOfDirectory(atPath: site + gone) == ["note.txt"])
        #expect(!FileManager.default.fileExists(atPath: site + "/trends"))
      }
    }

    @Test("A folder that was replaced by a link is not followed")
    func links() throws {
      try inResults { results, site in
        let publication = SitePublication(path: site)
        _ = try publication.publish(results)
        let elsewhere = results.path + "/elsewhere"
        try FileManager.default.moveItem(atPath: site + "/runs", toPath: elsewhere)
        try FileManager.default.createSymbolicLink(atPath: site + "/runs", withDestinationPath: elsewhere)
        #expect(
          throws: RunDirectoryError.notOurs(path: site + "/runs", reason: "was not made by shootout report --publish")
        ) { try publication.publish(results) }
      }
    }

    @Test("Where a file cannot be written, the site stays as it was")
    func allOrNothing() throws {
      try inResults { results, site in
        let publication = SitePublication(path: site)
        _ = try publication.publish(results)
        let before = try files(site)
        let run = try results.newRun(now: Date(timeIntervalSince1970: 120))
        try run.put(SyntheticRun.complete.attachments())
        // Written with a suffix at first, which makes it too long.
        let name = run.path + "/" + String(repeating: "a", count: 255)
        _ = FileManager.default.createFile(atPath: name, contents: Data("text".utf8))
        #expect(throws: FileError.self) { try publication.publish(results) }
        #expect(try files(site) == before)
        #expect(!FileManager.default.fileExists(atPath: site + "/runs/" + run.name))
        try FileManager.default.removeItem(atPath: name)
        #expect(try publication.publish(results).runs == 3)
        #expect(try FileSystem.names(in: site).sorted() == [SitePublication.mark, "index.html", "runs", "trends"])
      }
    }

    @Test("A run without a manifest is named, and the others are published")
    func unreadable() throws {
      try inResults { results, site in
        _ = try results.newRun(now: Date(timeIntervalSince1970: 120))
        let outcome = try SitePublication(path: site).publish(results)
        #expect(outcome.runs == 2)
        #expect(outcome.unreadable.count == 1 && outcome.unreadable[0].hasPrefix("19700101T000200Z: "))
      }
    }

    @Test("No runs are no site")
    func nothing() throws {
      try inTemporaryFolder { path in
        let results = ResultsDirectory(path: path)
        #expect(throws: RunDirectoryError.noAttachments(path: path + "/runs")) {
          try SitePublication(path: path + "/site").publish(results)
        }
      }
    }
  }
}
