import LoadEngine
import Results
import Stack
import WireFormats

/// One kind of work that all targets are measured at.
///
/// To add one: write its definition in a file beside this one, name it in `all`, and add the endpoints, the parity test
/// and the perf test. What is missing of these fails a test by name.
public struct Scenario: Sendable {
  /// As in `SHOOTOUT_SCENARIOS`, file names and reports.
  public let name: String
  /// One sentence: what is measured.
  public let summary: String
  /// One sentence: how every response is checked.
  public let verification: String
  /// What one exchange is, in the plural.
  public let unit: String
  /// Each verified exchange adds one row to `bench_users`, to be counted beside the load.
  public let insertsRows: Bool
  /// So many statements on `bench_users` each exchange makes, each of one row, by PostgreSQL's own count.
  public let statementsPerExchange: Int
  /// So many instructions the work of an exchange takes at least, by itself; nil where nobody knows.
  ///
  /// Three quarters of what the cheapest library needs alone, so that a cheaper one is not taken for a kept answer, which
  /// costs a hundredth. Source: docs/lab-notes/2026-11-29-floors.md.
  public let leastInstructions: Double?
  /// What a target is asked beside the load.
  public let probe: ProbeKind?
  /// So many exchanges on one connection are counted together, of every target alike, so that all of them get the same
  /// requests. Chosen so that they are some ten million instructions.
  public let exchangesToCount: Int
  /// Requests and right answers, made anew for each run.
  public let work: @Sendable (ScenarioMaterial) throws -> Work

  package init(
    _ name: String, summary: String, verification: String, unit: String = "requests", insertsRows: Bool = false,
    statementsPerExchange: Int = 0, leastInstructions: Double? = nil, probe: ProbeKind? = nil,
    exchangesToCount: Int = 80,
    work: @escaping @Sendable (ScenarioMaterial) throws -> Work
  ) {
    self.name = name
    self.summary = summary
    self.verification = verification
    self.unit = unit
    self.insertsRows = insertsRows
    self.statementsPerExchange = statementsPerExchange
    self.leastInstructions = leastInstructions
    self.probe = probe
    self.exchangesToCount = exchangesToCount
    self.work = work
  }

  /// In the order in which they are measured and reported.
  public static let all: [Scenario] = [
    .ping, .json, .jsonLarge, .html, .path, .query, .dbRead, .dbWrite, .upload, .stream, .sse, .webSocket, .staticFile,
    .background,
  ]

  public static let names = all.map(\.name)

  /// What no exchange can do without; nil where nothing is known.
  package var leastWork: LeastWork? {
    guard asksDatabase || leastInstructions != nil else { return nil }
    return LeastWork(
      instructions: leastInstructions, databaseStatements: asksDatabase ? Double(statementsPerExchange) : nil)
  }

  package var asksDatabase: Bool { statementsPerExchange > 0 }

  /// A scenario that is defined and not listed would be in no run.
  package func requireListed() throws(ScenarioNotListed) {
    guard Scenario.names.contains(name) else { throw ScenarioNotListed(name: name) }
  }
}

public struct ScenarioNotListed: Error, Equatable, CustomStringConvertible {
  public var name: String

  public var description: String {
    "the scenario \(name) is defined and not listed; add it to Scenario.all in Sources/BenchSupport/Scenarios/Scenario.swift"
  }
}

/// What scenarios make their requests and right answers of.
public struct ScenarioMaterial: Sendable {
  /// The folder `fixtures`.
  public var fixtures: String
  public var seed: UInt64
  /// The rows that every target finds in `bench_users`.
  public var users: [BenchUser]

  public init(fixtures: String, seed: UInt64, users: [BenchUser]) {
    self.fixtures = fixtures
    self.seed = seed
    self.users = users
  }
}

extension Work {
  /// One GET that is always answered by the same bytes.
  package static func get(_ target: String, _ head: HeadExpectation, _ body: BodyExpectation) -> Work {
    .http([HTTPExchange(HTTPRequest("GET", target), expecting: Expectation(head: head, body: body))])
  }

  package static func get(_ target: String, _ head: HeadExpectation, _ text: String) -> Work {
    .get(target, head, .exactly(Array(text.utf8)))
  }
}

/// What the heads of the answers say, as `docs/endpoints.md` has it.
extension HeadExpectation {
  package static let plainText = HeadExpectation(MediaType("text/plain", charset: .utf8))
  package static let html = HeadExpectation(MediaType("text/html", charset: .utf8))
  /// That JSON is in UTF-8 goes without saying, and may be said.
  package static let json = HeadExpectation(MediaType("application/json", charset: .utf8OrNone))
  package static let bytes = HeadExpectation(MediaType("application/octet-stream", charset: .none))
  package static let events = HeadExpectation(MediaType("text/event-stream", charset: .utf8), .chunkForEachEvent)
}
