import Foundation
import Gate
import Results
import SyntheticResults
import TestSupport
import Testing

@testable import BenchSupport
@testable import Machine
@testable import Reports
@testable import Stack

/// What is said where a part of the stack does not outlive a window.
@Suite struct StackWatchTests {
  private func process(_ pid: Int32) -> ProcessIdentity {
    let text = "\(pid) (python) S 1 \(pid) \(pid) 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 \(pid + 1000) 0"
    return ProcessStat(text)!.identity
  }

  private func processes(_ pids: Int32...) -> Set<ProcessIdentity> { Set(pids.map(process)) }

  @Test func `a worker that ended and was replaced is named, with the one that came`() {
    let census = ProcessCensus(processes(1, 2, 3))
    let change = census.change(to: processes(1, 2, 7))
    #expect(change == .init(ended: [3], came: [7], left: 3, whole: 3))
    #expect(
      change.check(of: "sanic", isInWindow: true)
        == CheckFigure(
          name: "workers", passed: false, detail: "process 3 of sanic ended in this window, and process 7 came for it"))
  }

  @Test func `a worker that ended between two windows is named before the second, and is missing in all that follow`() {
    var census = ProcessCensus(processes(1, 2, 3))
    let change = census.change(to: processes(1, 2))
    #expect(
      change.check(of: "sanic", isInWindow: false)?.detail
        == "process 3 of sanic ended before this window, and nothing took its place; "
        + "2 of 3 processes of sanic are left")
    census.note(processes(1, 2))
    let later = census.change(to: processes(1, 2))
    #expect(later.check(of: "sanic", isInWindow: false)?.detail == "2 of 3 processes of sanic are left")
    #expect(later.check(of: "sanic", isInWindow: true) == nil)
  }

  @Test func `a server whose processes stay fails nothing, also where one more came`() {
    let census = ProcessCensus(processes(1, 2))
    #expect(census.change(to: processes(1, 2)).check(of: "sanic", isInWindow: true) == nil)
    #expect(census.change(to: processes(1, 2, 3)).check(of: "sanic", isInWindow: true) == nil)
  }

  @Test func `a neighbour's container is gone when its control group is, and is a loss of its own`() throws {
    let folder = TemporaryDirectory()
    let id = String(repeating: "ab", count: 32)
    folder.write("cgroup.controllers", "")
    folder.write("docker/\(id)/cpu.stat", "usage_usec 7\nuser_usec 4\nsystem_usec 3\n")
    var container = Stack.Container(id: id, name: "abababababab", processors: 2, memoryBytes: nil)
    container.controlGroup = try #require(ControlGroup.ofContainer("abababababab", under: folder.path)?.group)
    var server = Stack.Server(name: "sanic", baseURL: "http://sanic:8001", port: 8001)
    var postgres = Stack.Postgres(
      version: "16", host: "postgres", port: 5432, user: "bench", database: "bench", password: Secret(""))
    (server.container, postgres.container) = (container, container)
    let watch = StackWatch(Stack(deployment: .compose, python: "3.11.2", servers: [server]))
    let ofDatabase = StackWatch(Stack(deployment: .compose, python: "3.11.2", postgres: postgres, servers: [server]))
    #expect(watch.before(server, usesDatabase: true) == StackWatch.Finding())
    #expect(ofDatabase.before(server, usesDatabase: true) == StackWatch.Finding())
    try FileManager.default.removeItem(atPath: folder.path + "/docker/" + id)
    #expect(
      watch.before(server, usesDatabase: false).outage == .containerEnded(name: "sanic", container: "abababababab"))
    #expect(
      ofDatabase.before(server, usesDatabase: true).outage == .databaseContainerEnded(container: "abababababab"))
  }

  @Test func `a database that is gone is gone for every cell of a scenario that uses it`() {
    var losses = Losses(.dbRead, ["alpha", "beta"])
    losses.add(.databaseEnded(pid: 9), of: "beta", .round(number: 2))
    #expect(losses.areAll)
    #expect(losses.takeNew().map(\.framework) == ["alpha", "beta"])
    #expect(losses.takeNew() == [])
    #expect(losses["alpha"]?.seen == LostCell.Place(scenario: "db-read", framework: "beta", phase: .round(number: 2)))
  }

  @Test(arguments: [
    (Scenario.ping, Outage.databaseEnded(pid: 9)), (.dbRead, .databaseRestarted),
    (.dbRead, .serverEnded(name: "beta", pid: 9)),
  ])
  func `anything else concerns one cell, and the others go on`(scenario: Scenario, outage: Outage) {
    var losses = Losses(scenario, ["alpha", "beta"])
    losses.add(outage, of: "beta", .warmUp)
    #expect(losses.cells.map(\.framework) == ["beta"] && !losses.areAll)
  }

  @Test func `where nobody answers for the stack any more, no cell goes on`() {
    var losses = Losses(.ping, ["alpha", "beta"])
    losses.add(.deploymentEnded(pid: 7), of: "beta", .warmUp)
    #expect(losses.areAll)
  }

  @Test func `a scenario that needs the database says so`() {
    #expect(Scenario.all.filter(\.asksDatabase).map(\.name) == ["db-read", "db-write"])
  }

  @Test(arguments: [
    (
      Outage.serverEnded(name: "sanic", pid: 7), LostCell.Phase.warmUp,
      "the server of sanic (pid 7) ended; seen in the warm-up of db-read on sanic"
    ),
    (
      .notListening(name: "sanic", port: 8001), .round(number: 2),
      "the server of sanic does not listen on port 8001 any more; seen in round 2 of db-read on sanic"
    ),
    (
      .containerEnded(name: "sanic", container: "shootout-sanic-1"), .beforeRound(number: 3),
      "the container of sanic (shootout-sanic-1) ended; seen before round 3 of db-read on sanic"
    ),
    (
      .serverSilent(name: "sanic", port: 8001), .round(number: 2),
      "the server of sanic on port 8001 does not answer any more; seen in round 2 of db-read on sanic"
    ),
    (
      .deploymentEnded(pid: 7), .round(number: 2),
      "the process that answers for the stack (shootout deploy, pid 7) ended, and everything with it; "
        + "seen in round 2 of db-read on sanic"
    ),
    (.databaseEnded(pid: 7), .before, "the database (PostgreSQL, pid 7) ended; seen before db-read on sanic"),
    (
      .databaseContainerEnded(container: "shootout-postgres-1"), .before,
      "the database (PostgreSQL, container shootout-postgres-1) ended; seen before db-read on sanic"
    ),
    (
      .databaseSilent(reason: "no connection"), .retest(number: 1),
      "the database does not answer: no connection; seen in round 1 of the retest of db-read on sanic"
    ),
    (
      .databaseRestarted, .round(number: 1),
      "the database (PostgreSQL) restarted; seen in round 1 of db-read on sanic"
    ),
  ])
  func `each outage is one sentence`(outage: Outage, phase: LostCell.Phase, text: String) {
    let cell = LostCell(
      scenario: "db-read", framework: "sanic", outage: outage,
      seen: LostCell.Place(scenario: "db-read", framework: "sanic", phase: phase))
    #expect(cell.text == text)
  }

  // MARK: In the reports

  @Test func `a lost cell has no result, its reason is told, and the run could not be measured`() throws {
    var run = SyntheticRun.complete
    run.manifest.gated = true
    let lost = LostCell(
      scenario: "ping", framework: "alpha", outage: .serverEnded(name: "alpha", pid: 7),
      seen: LostCell.Place(scenario: "ping", framework: "alpha", phase: .round(number: 2)))
    let collected = RawResults(try run.attachments() + [AttachedFile(lost.fileName, lost)])
    #expect(collected.problems == [] && collected.lost == [lost])
    let summary = try #require(RunSummary(collected))
    #expect(summary.state == .incomplete && summary.cells[0].verdict == .missing && summary.cells[0].verified == nil)
    let reason = "the server of alpha (pid 7) ended; seen in round 2 of ping on alpha"
    #expect(summary.missing.map(\.description) == ["ping on alpha (all 2 rounds): \(reason)"])
    #expect(summary.cells[0].reason == "no result: \(reason)")
    #expect(JSONReport.text(summary).contains(reason) && JUnitReport.text(summary).contains(reason))
    #expect(summary.cells[1].verdict == .ok)
  }

  @Test func `a lost cell that the run does not expect is refused`() throws {
    let lost = LostCell(
      scenario: "ping", framework: "gamma", outage: .databaseRestarted,
      seen: LostCell.Place(scenario: "ping", framework: "gamma", phase: .before))
    let collected = RawResults(try SyntheticRun.complete.attachments() + [AttachedFile(lost.fileName, lost)])
    #expect(
      collected.problems.map(\.description) == [
        "lost--ping--gamma.json is implausible: the manifest expects no ping on gamma"
      ])
  }
}
