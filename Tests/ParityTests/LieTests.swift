import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Results
import Stack
import TestSupport
import Testing
import WireFormats

extension Exclusive.ParityTests {
  @Suite("Applications that do not do the work", .ofAllScenarios) struct LieTests {
    @Test("Each is found out by what is to find it", arguments: Lie.all)
    func found(lie: Lie) async throws {
      guard let copy = try await ReferenceCopy(applying: lie) else { return }
      if lie.foundBy.parity {
        await withKnownIssue("\(lie.name)") {
          try await Comparison.$others.withValue(copy.servers.parties) { try await lie.scenario.assertParity() }
        }
      }
      let failures = try copy.measure(lie.scenario)
      if let expected = lie.foundBy.load {
        #expect(failures.keys.contains(expected), "\(failures)")
      } else {
        #expect(failures.isEmpty)
      }
    }

    @Test("Nothing is found against an honest copy")
    func honest() async throws {
      guard let copy = try await ReferenceCopy(applying: nil) else { return }
      for scenario in Scenario.all where Lie.all.contains(where: { $0.scenario.name == scenario.name }) {
        try await Comparison.$others.withValue(copy.servers.parties) { try await scenario.assertParity() }
        let failures = try copy.measure(scenario)
        #expect(failures.isEmpty, "\(scenario.name)")
      }
    }

    @Test("The documentation lists them, with what finds each")
    func documented() throws {
      let page = try String(contentsOfFile: Checkout.find().path + "/docs/misbehaviour.md", encoding: .utf8)
      let section = page.components(separatedBy: "## Applications that do not do the work").last ?? ""
      let rows = section.split(separator: "\n").filter { $0.hasPrefix("| ") }.map(String.init).dropFirst()
      #expect(
        Array(rows)
          == Lie.all.map { lie in
            "| \(lie.name) | \(lie.foundBy.parity ? "found" : "passes") | \(lie.foundBy.load.map { "`\($0)`" } ?? "passes") |"
          })
    }
  }
}

/// One worker of the reference, with a lie in its application.
struct ReferenceCopy {
  let servers: ServerCopies
  let stack: Stack
  let server: Stack.Server
  let configuration: Configuration

  /// nil where the reference is no process of this machine.
  init?(applying lie: Lie?) async throws {
    configuration = try Configuration.read(scenarios: nil)
    stack = try await StackUnderTest.shared(configuration)
    let target = try #require(configuration.known.first { $0.role == .reference })
    guard var server = stack[target.name], server.container == nil, let process = server.process else {
      print("skipped: \(lie?.name ?? "an honest copy"); the reference is no process of this machine")
      return nil
    }
    let party = Party(
      target: target, endpoint: try Endpoint.parse(url: server.baseURL).endpoint, process: process,
      differences: try JSONValue.object("differences", in: target.source + "/framework.json"))
    servers = try ServerCopies(of: [party], fixtures: configuration.checkout.fixtures, application: lie?.apply) { _ in }
    let copy = servers.parties[0]
    server.process = copy.process
    server.port = Int(copy.endpoint.port)
    server.baseURL = "http://\(copy.endpoint.authority)"
    self.server = server
  }

  /// What fails in one short round: names of checks and kinds of errors, and what is said of each.
  func measure(_ scenario: Scenario) throws -> [String: String] {
    let material = try ScenarioMaterial(configuration, stack, for: scenario)
    var work = try scenario.work(material)
    var window = Duration.milliseconds(150)
    if scenario.name == "upload", case .http(let exchanges) = work {
      // Few uploads end in so short a window: only those forms that differ.
      work = .http(exchanges.suffix(exchanges.count / 8))
      window = .milliseconds(500)
    }
    let round = try RoundMeasurement(
      scenario: scenario, server: server, stack: stack, work: work, connections: 8, seed: configuration.seed
    ).run(1, position: 1, warmUp: .zero, window: window, monitor: LoadMonitor())
    var failures: [String: String] = [:]
    for kind in round.load.errors.keys { failures[kind] = round.load.failures.first ?? "" }
    if round.load.verified == 0 { failures["verified"] = "nothing was" }
    for check in round.checks where !check.passed { failures[check.name] = check.detail }
    return failures
  }
}

extension Scenario {
  /// Runs its parity test.
  fileprivate func assertParity() async throws {
    let tests = Exclusive.ParityTests()
    switch name {
    case "ping": try await tests.ping()
    case "json": try await tests.json()
    case "path": try await tests.path()
    case "db-read": try await tests.dbRead()
    case "db-write": try await tests.dbWrite()
    case "upload": try await tests.upload()
    case "stream": try await tests.stream()
    case "sse": try await tests.sse()
    case "background": try await tests.background()
    default: Issue.record("no lie has been tried at \(name)")
    }
  }
}
