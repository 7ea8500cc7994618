import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Reports
import Results
import Stack
import TestSupport
import Testing
import Text
import WireFormats

/// One scenario's test: asks all targets, and says what each answered where one deviates.
final class Comparison {
  let scenario: String
  private(set) var parties: [Party]
  /// Who is asked instead of the deployed targets, where a test of these tests says so.
  @TaskLocal static var others: [Party]?
  let fixtures: String
  let postgres: Stack.Postgres?
  var input: SeededInput
  private var asserted: Set<Difference> = []
  /// What is wrong, by the name of who answers so.
  private var faults: [String: [String]] = [:]

  private static let configuration = Result { () throws in
    let configuration = try Configuration.read(scenarios: nil)
    print("Parity inputs are drawn from SHOOTOUT_SEED=\(configuration.seed)")
    return configuration
  }

  /// Runs the checks of a scenario against the stack, and then asserts that they met every difference it has.
  static func of(
    _ scenario: Scenario, sourceLocation: SourceLocation = #_sourceLocation, _ checks: (Comparison) throws -> Void
  ) async throws {
    try scenario.requireListed()
    let scenario = scenario.name
    let configuration = try configuration.get()
    let stack = try await StackUnderTest.shared(configuration)
    let comparison = try Comparison(scenario, configuration, stack)
    do {
      try checks(comparison)
    } catch {
      try comparison.recordForReport(unfinished: "\(error)")
      throw error
    }
    try comparison.recordForReport()
    for difference in Difference.allCases
    where difference.scenario == scenario && !comparison.asserted.contains(difference) {
      Issue.record(
        "\(scenario): nothing asserts the difference '\(difference.rawValue)'", sourceLocation: sourceLocation)
    }
  }

  private init(_ scenario: String, _ configuration: Configuration, _ stack: Stack) throws {
    self.scenario = scenario
    parties =
      try Comparison.others
      ?? configuration.targets.map { target in
        let server = try #require(stack[target.name], "\(target.title) is not up")
        return Party(
          target: target, endpoint: try Endpoint.parse(url: server.baseURL).endpoint,
          process: server.container == nil ? server.process : nil,
          differences: try JSONValue.object("differences", in: target.source + "/framework.json"))
      }
    fixtures = configuration.checkout.fixtures
    postgres = stack.postgres
    input = SeededInput(seed: configuration.seed, scenario: scenario)
  }

  private func recordForReport(unfinished: String? = nil) throws {
    // Of copies that lie on purpose, no report is made.
    guard Comparison.others == nil else { return }
    try ParityRun.record(
      ScenarioParity(
        scenario: scenario, frameworks: parties.map(\.target.name), faults: faults, unfinished: unfinished))
  }

  /// The table of the targets. Without a way to it, what needs it is said to be skipped.
  func table(for checks: String...) throws -> BenchTable? {
    guard let postgres else {
      for check in checks {
        print("warning: \(scenario): check skipped: \(check); the database is not known (SHOOTOUT_DATABASE_URL)")
      }
      return nil
    }
    return try BenchTable(postgres)
  }

  /// Runs checks that need the servers as processes of this machine. Elsewhere it says that they are skipped, and with
  /// them the differences that they would assert.
  ///
  /// - Parameter subject: what they check beside those differences.
  func onThisMachine(
    _ subject: String? = nil, asserting differences: Difference..., checks: () throws -> Void
  ) rethrows {
    guard parties.allSatisfy({ BytesMoved(of: $0) != nil }) else {
      for check in [subject].compactMap(\.self) + differences.map(\.rawValue) {
        print("warning: \(scenario): check skipped: \(check); the servers are no processes of this user")
      }
      asserted.formUnion(differences)
      return
    }
    try checks()
  }

  /// Runs checks against other servers of the same targets.
  func asking(_ others: [Party], _ checks: () throws -> Void) rethrows {
    let deployed = parties
    parties = others
    defer { parties = deployed }
    try checks()
  }

  /// The text of a file below `fixtures/`.
  func fixture(_ path: String) throws -> String {
    try String(contentsOfFile: "\(fixtures)/\(path)", encoding: .utf8)
  }
}

// MARK: - Checks

extension Comparison {
  /// Asserts that every target answers a request as the contract says, or as its documented difference does.
  ///
  /// - Parameter times: how often to ask on the same connection, which has to stay open in between.
  func check(
    _ request: HTTPRequest, _ common: Answer, difference: Difference? = nil, times: Int = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var subject = "\(request.method) \(request.target.clipped)"
    if !request.fields.isEmpty {
      subject += " with \(request.fields.map { "\($0.name): \($0.value)" }.joined(separator: ", ").clipped)"
    }
    if case .bytes(let body) = request.body {
      subject += " with \(String(decoding: body.prefix(300), as: UTF8.self).shown)"
    }
    report(subject, difference, common, sourceLocation) { party, expected in
      if times == 1 { return Self.outcome(try party.exchange(request), expected) }
      var conversation = try party.connect()
      for time in 1...times {
        let response = try conversation.exchange(request)
        var outcome = Self.outcome(response, expected)
        if time < times, response.endsConnection { outcome.wrong.append("the server ends the connection") }
        guard outcome.wrong.isEmpty else {
          return Outcome(
            shown: outcome.shown,
            wrong: outcome.wrong.map { time == 1 ? $0 : "request \(time) on the connection: \($0)" })
        }
        if time == times { return outcome }
      }
      preconditionFailure("asked at least once")
    }
  }

  /// Asserts what one message makes a target say on a WebSocket.
  func check(
    message: String, _ common: Answer, difference: Difference? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    report("message \(message.shown) on /ws", difference, common, sourceLocation) { party, expected in
      var conversation = try party.openWebSocket()
      try conversation.send(message)
      let event = try conversation.receive()
      return Outcome(shown: "\(event)".shown, wrong: expected.mismatches(event))
    }
  }

  /// Asserts what is seen of a target other than an answer, in words.
  func check(
    _ subject: String, is common: String, difference: Difference, sourceLocation: SourceLocation = #_sourceLocation,
    _ observe: (Party) throws -> String
  ) {
    report(subject, difference, .message(.whole(common)), sourceLocation) { party, expected in
      let seen = try observe(party)
      return Outcome(shown: seen.shown, wrong: expected.mismatches(.text(seen)))
    }
  }

  /// Asserts that the same is seen of every target.
  func verify<Value: Equatable>(
    _ subject: String, is expected: Value, sourceLocation: SourceLocation = #_sourceLocation,
    _ observe: (Party) throws -> Value
  ) {
    let shown = parties.map { _ in "\(expected)".clipped }
    observeAll(subject, shown, sourceLocation) { party in
      let value = try observe(party)
      return Outcome(
        shown: "\(value)".clipped,
        wrong: value == expected ? [] : [Self.difference(value, expected), Self.wayOut(nil, party)])
    }
  }

  private static func difference<Value>(_ value: Value, _ expected: Value) -> String {
    guard let value = value as? [any Equatable], let expected = expected as? [any Equatable] else {
      return "\("\(value)".clipped) instead of \("\(expected)".clipped)"
    }
    let common = zip(value, expected).prefix { "\($0)" == "\($1)" }.count
    func element(_ list: [any Equatable]) -> String { common < list.count ? "\(list[common])".clipped : "nothing" }
    let count = value.count == expected.count ? "" : "\(value.count) elements instead of \(expected.count), "
    return "\(count)different from element \(common) on: \(element(value)) instead of \(element(expected))"
  }

  private static func outcome(_ response: HTTPResponse, _ expected: Answer) -> Outcome {
    var shown = "\(response.status)"
    for name in expected.headers.keys.sorted() { shown += ", \(name): \(response[name] ?? "(none)")" }
    return Outcome(shown: shown + ", body \(response.text.shown)", wrong: expected.mismatches(response))
  }
}

// MARK: - Reporting

extension Comparison {
  /// What was seen of a target, and what is wrong with it.
  private struct Outcome {
    var shown: String
    var wrong: [String]
  }

  private func report(
    _ subject: String, _ difference: Difference?, _ common: Answer, _ sourceLocation: SourceLocation,
    _ observe: (Party, Answer) throws -> Outcome
  ) {
    if let difference { asserted.insert(difference) }
    func declared(_ party: Party) -> JSONValue? { difference.flatMap { party.differences[$0.rawValue] } }
    let expected = parties.map { party in
      guard let difference, let entry = declared(party) else { return "\(common)" }
      return "the common answer, apart from '\(difference.rawValue)' of its framework.json: \("\(entry)".shown)"
    }
    observeAll(subject, expected, sourceLocation) { party in
      guard let difference, let entry = declared(party) else {
        var outcome = try observe(party, common)
        if !outcome.wrong.isEmpty { outcome.wrong.append(Self.wayOut(difference, party)) }
        return outcome
      }
      let own: Answer
      do throws(DifferenceError) {
        own = try common.replacing(by: entry)
      } catch {
        return Outcome(shown: "", wrong: ["'\(difference.rawValue)' in its framework.json \(error)"])
      }
      var outcome = try observe(party, own)
      if !outcome.wrong.isEmpty {
        outcome.wrong.append("'\(difference.rawValue)' of its framework.json says otherwise")
      }
      return outcome
    }
  }

  /// How a deviation is declared that is wanted.
  private static func wayOut(_ difference: Difference?, _ party: Party) -> String {
    let file = "docker/frameworks/\(party.target.name)/framework.json"
    return difference.map { "where this is wanted, \(file) declares it: '\($0.rawValue)' under \"differences\"" }
      ?? "no id of docs/endpoints.md is for this; where it is wanted, CONTRIBUTING.md says how to add one"
  }

  private func observeAll(
    _ subject: String, _ expected: [String], _ sourceLocation: SourceLocation,
    _ observe: (Party) throws -> Outcome
  ) {
    let outcomes = parties.map { party in
      do {
        return try observe(party)
      } catch {
        return Outcome(shown: "nothing that could be read", wrong: ["\(error)"])
      }
    }
    for (index, outcome) in outcomes.enumerated() where !outcome.wrong.isEmpty {
      let party = parties[index]
      var lines = ["\(scenario): \(party.target.title) (\(party.endpoint.authority)), \(subject)"]
      lines += outcome.wrong.map { "  wrong:    \($0)" }
      lines.append("  expected: \(expected[index])")
      lines.append("  answered: \(outcome.shown)")
      for (other, outcome) in zip(parties, outcomes) where other.target.name != party.target.name {
        let verdict = outcome.wrong.isEmpty ? "as expected of it" : "wrong as well"
        lines.append("  \(other.target.title), \(verdict): \(outcome.shown)")
      }
      let text = lines.map(\.escapingControls).joined(separator: "\n")
      // Of one that lies, the first thing that is wrong says enough.
      if Comparison.others != nil, !faults.isEmpty { continue }
      faults[party.target.name, default: []].append("\(outcome.wrong[0]) (\(subject.prefix(100)))".escapingControls)
      Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
    }
  }
}
