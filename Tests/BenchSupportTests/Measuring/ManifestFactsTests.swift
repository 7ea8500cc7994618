import BenchSupport
import Foundation
import Results
import TestSupport
import Testing

@testable import Reports

@Suite struct ManifestFactsTests {
  /// Runs git in a folder, as nobody in particular.
  private func git(_ arguments: [String], in folder: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        "git", "-C", folder, "-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c",
        "init.defaultBranch=main",
      ]
      + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "git \(arguments)")
  }

  @Test func `the page of a repository is told without credentials`() throws {
    let folder = TemporaryDirectory()
    try git(["init"], in: folder.path)
    #expect(Manifest.Environment.repository(of: folder.path) == nil)
    try git(["remote", "add", "origin", "https://somebody:secret@github.com/example/shootout.git"], in: folder.path)
    #expect(Manifest.Environment.repository(of: folder.path)?.address == "https://github.com/example/shootout")
  }

  @Test func `a commit counts as published once a branch of a remote has it`() throws {
    let folder = TemporaryDirectory()
    try git(["init"], in: folder.path)
    #expect(Manifest.Environment.publishedCommit(of: folder.path) == nil)
    try git(["commit", "--allow-empty", "-m", "one"], in: folder.path)
    #expect(Manifest.Environment.publishedCommit(of: folder.path) == nil)
    try git(["update-ref", "refs/remotes/origin/main", "HEAD"], in: folder.path)
    let published = try #require(Manifest.Environment.publishedCommit(of: folder.path))
    let revision = try #require(Manifest.Environment.revision(of: folder.path))
    #expect(published.count == 40 && published.hasPrefix(revision))
    try git(["commit", "--allow-empty", "-m", "two"], in: folder.path)
    #expect(Manifest.Environment.publishedCommit(of: folder.path) == nil)
  }

  @Test func `outside a checkout nothing is known`() throws {
    let folder = TemporaryDirectory()
    #expect(Manifest.Environment.repository(of: folder.path) == nil)
    #expect(Manifest.Environment.publishedCommit(of: folder.path) == nil)
  }

  @Test func `every scenario that a preset of the standing weighs is one of the suite`() {
    let known = Set(Scenario.all.map(\.name))
    for preset in Weighting.presets { #expect(known.isSuperset(of: preset.scenarios), "\(preset.title)") }
  }
}
