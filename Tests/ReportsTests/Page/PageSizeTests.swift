import SyntheticResults
import Testing

@testable import Reports

@Suite struct PageSizeTests {
  /// All scenarios on all frameworks, with as many rounds as the profile quick has at most.
  static let quick: SyntheticRun = {
    let scenarios = [
      "ping", "json", "json-large", "html", "path", "query", "db-read", "db-write", "upload", "stream", "sse",
      "websocket", "static", "background",
    ]
    var run = SyntheticRun(scenarios: scenarios, frameworks: ["alpha", "beta", "gamma", "bare"], rounds: 24)
    for (place, scenario) in scenarios.enumerated() {
      for (rank, framework) in ["alpha", "beta", "gamma", "bare"].enumerated() {
        let speed = Double(100 + 10 * place) * Double(2 + rank)
        run.add(scenario, framework, perSecond: (0..<24).map { speed * (1 + 0.01 * Double($0 * (7 + rank) % 13)) })
      }
    }
    return run
  }()

  @Test func `the page of a quick run of 56 cells can be mailed`() {
    let bytes = HTMLReport.text(Self.quick.summary).utf8.count
    #expect(bytes < 900_000)
    #expect(bytes > 100_000)
  }
}
