import Foundation
import Statistics
import SyntheticResults
import Testing

@testable import Reports

/// What a page gives to its script, and what the script makes of it: each step here is one of `WeightScript`.
struct StandingData: Decodable {
  var scenarios: [String]
  /// By framework and scenario: mean, standard error, degrees of freedom.
  var ratios: [[[Double]]]
  var presets: [Preset]

  struct Preset: Decodable {
    var title: String
    var weights: [Double]
  }

  init(page: String) throws {
    let element = try #require(
      page.firstMatch(of: /<script type="application\/json" id="standing-data">([^<]*)<\/script>/))
    self = try JSONDecoder().decode(StandingData.self, from: Data(element.1.utf8))
  }

  func words(_ framework: Int, _ weights: [Double]) -> String {
    let total = weights.reduce(0, +)
    guard total > 0 else { return "–" }
    var (mean, variance, spread, least) = (0.0, 0.0, 0.0, 1e6)
    for (ratio, weight) in zip(ratios[framework], weights) {
      let share = weight / total
      if share == 0 { continue }
      let part = (share * ratio[1]) * (share * ratio[1])
      mean += share * ratio[0]
      variance += part
      spread += part * part / ratio[2]
      least = min(least, ratio[2])
    }
    let freedom = spread > 0 ? min(variance * variance / spread, 1e6) : least
    let reach =
      variance > 0 ? StudentT(degreesOfFreedom: freedom).halfWidth(containing: 0.95) * variance.squareRoot() : 0
    func text(_ logarithm: Double) -> String { String(Figure.ratio(exp(logarithm)).dropLast()) }
    return "\(text(mean))× (\(text(mean - reach)) to \(text(mean + reach)))"
  }
}

@Suite struct StandingTests {
  /// Four scenarios that all have, and that presets weigh.
  static let run: RunSummary = {
    var run = SyntheticRun(
      scenarios: ["json", "db-read", "db-write", "websocket", "sse"], frameworks: ["alpha", "beta", "bare"])
    for (place, scenario) in run.manifest.scenarios.map(\.name).enumerated() {
      let scale = Double(place + 1)
      run.add(scenario, "bare", perSecond: [100, 102, 98, 101, 99].map { $0 * scale })
      run.add(scenario, "alpha", perSecond: [80, 79, 81.5, 80, 82].map { $0 * scale })
      run.add(scenario, "beta", perSecond: [60, 66, 61, 59, 63].map { $0 * scale * (place < 3 ? 1 : 1.4) })
    }
    return run.summary
  }()

  @Test func `the standing has an interval, narrower than that of a scenario`() throws {
    let standing = try #require(Self.run.standings.first?.estimate)
    let one = try #require(Self.run.scenarios[0].cell("alpha")?.ratioToReference)
    #expect(standing.interval().contains(standing.ratio))
    #expect(standing.halfWidth() < one.logMean.estimate.halfWidth())
  }

  @Test func `from the page's data come exactly the figures of the report`() throws {
    let data = try StandingData(page: HTMLReport.text(Self.run))
    let standings = try #require(WeightedStandings(Self.run))
    let table = Table.weighted(standings, Self.run)
    #expect(data.scenarios == ["json", "db-read", "db-write", "websocket", "sse"])
    #expect(data.presets.map(\.title) == ["Equal", "API", "Real time"])
    for (place, row) in table.rows.enumerated() {
      let words = data.presets.map { data.words(place, $0.weights) }
      #expect(words == row.dropFirst().map(\.markdown))
    }
    let equal = data.scenarios.map { _ in 1.0 }
    for (place, row) in Table.standing(Self.run).rows.enumerated() {
      #expect(data.words(place, equal) == row[1].markdown)
    }
  }

  @Test func `weights change who is ahead`() throws {
    let standings = try #require(WeightedStandings(Self.run))
    func ratio(_ framework: String, _ weighting: Weighting) throws -> Double {
      let place = try #require(standings.frameworks.firstIndex { $0.name == framework })
      return try #require(standings.mean(place, weighting)).ratio
    }
    #expect(try ratio("alpha", Weighting.presets[1]) > ratio("beta", Weighting.presets[1]))
    #expect(try ratio("alpha", Weighting.presets[2]) < ratio("beta", Weighting.presets[2]))
  }

  @Test func `a preset is offered where half of what it weighs was measured`() throws {
    let offered = try #require(WeightedStandings(Self.run)).presets.map(\.title)
    #expect(offered == ["Equal", "API", "Real time"])
    #expect(try #require(WeightedStandings(SyntheticRun.ofEverything.summary)).presets == [.equal])
  }

  @Test func `the weights of a preset are named, the largest first`() throws {
    let standings = try #require(WeightedStandings(Self.run))
    #expect(standings.inWords(Weighting.presets[1]) == "API: json 3, db-read 3, db-write 2")
  }

  @Test func `Markdown has the presets, and no more than the page where there are none`() {
    #expect(MarkdownReport.text(Self.run).contains("| Framework | Equal | API | Real time |"))
    #expect(!MarkdownReport.text(SyntheticRun.ofEverything.summary).contains("With other weights"))
    #expect(HTMLReport.text(SyntheticRun.ofEverything.summary).contains("With other weights"))
  }

  @Test func `one scenario, or no reference, leaves nothing to weigh`() {
    #expect(WeightedStandings(SyntheticRun.complete.summary) == nil)
    #expect(WeightedStandings(SyntheticRun().summary) == nil)
    #expect(!HTMLReport.text(SyntheticRun().summary).contains("id=\"standing-data\""))
  }
}
