import LoadEngine
import Results
import Stack
import Text
import WireFormats

extension Manifest.NotCompared {
  private static let notImplemented = 501
  private static let patience = Duration.seconds(10)
  private static let longestReason = 100

  /// The scenarios of a comparison that a side says it cannot serve: their path answers 501, with what is lacking.
  ///
  /// Any other answer, a wrong one as well, is measured and judged as such.
  public static func all(_ configuration: Configuration, _ stack: Stack) throws -> [Manifest.NotCompared] {
    let material = ScenarioMaterial(
      fixtures: configuration.checkout.fixtures, seed: configuration.seed,
      users: (1...DatabaseConnection.seededRows).map(BenchUser.seeded))
    return try Scenario.all.filter { configuration.scenarios.contains($0.name) }.flatMap { scenario in
      let path = try scenario.work(material).firstPath
      return try configuration.targets.compactMap { target -> Manifest.NotCompared? in
        guard let server = stack[target.name] else { throw MeasuringError.notUp(target.name) }
        let endpoint = try Endpoint.parse(url: server.baseURL).endpoint
        // Who does not answer at all is not told from here.
        guard let answer = try? answer(to: path, at: endpoint), answer.status == notImplemented else { return nil }
        return Manifest.NotCompared(scenario: scenario.name, side: target.name, reason: reason(answer.text))
      }
    }
  }

  private static func answer(to path: String, at endpoint: Endpoint) throws -> HTTPResponse {
    var conversation = try Conversation(to: endpoint, timeout: patience)
    return try conversation.exchange(HTTPRequest("GET", path))
  }

  /// The first sentence of the first line.
  package static func reason(_ text: String) -> String {
    let line =
      text.split(whereSeparator: \.isNewline).first.map { String($0).escapingControls } ?? "it does not say why"
    let sentence = line.prefixMatch(of: /.*?[.!?](?= )/).map { String($0.output) } ?? line
    return sentence.count > longestReason ? sentence.prefix(longestReason) + "…" : sentence
  }
}

extension Work {
  /// Path and query of the first request.
  fileprivate var firstPath: String {
    switch self {
    case .http(let exchanges): exchanges[0].request.target
    case .webSocket(let script): script.target
    }
  }
}

/// No scenario is left that both versions serve.
public struct NothingToCompare: Error, Equatable, CustomStringConvertible {
  public var notCompared: [Manifest.NotCompared]

  public init(notCompared: [Manifest.NotCompared]) {
    self.notCompared = notCompared
  }

  public var description: String {
    "no scenario is left that both versions serve; not compared: \(notCompared.inWords)"
  }
}
