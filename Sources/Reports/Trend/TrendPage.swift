/// `trend.html`: several runs beside each other, in one self-contained file.
public enum TrendPage {
  public static func text(_ trend: RunTrend) -> String {
    let key = HTMLPage.key(trend.frameworks.enumerated().map { (ChartMark(index: $0), $1.title) })
    let doubts: Markup =
      trend.doubts.isEmpty
      ? "" : "<div class=\"box warn\"><h2>Read with care</h2>\n\(HTMLPage.list(trend.doubts))</div>\n"
    return HTMLPage.text(
      title: TrendText.title(trend), header: "",
      main: """
        \(doubts)\
        <section id="minute">
        <h2>In one minute</h2>
        \(HTMLPage.list(TrendText.inOneMinute(trend)))<p class="soft">\(TrendText.howCompared)</p>
        </section>
        <section id="runs">
        <h2>The runs</h2>
        \(table("Runs", "The earliest first.", TrendText.runsHeader, "lllllll", TrendText.runs(trend)))\
        \(differences(trend))</section>
        <section id="change">
        <h2>What changed from the first to the last</h2>
        \(changes(trend, key))\
        \(table(
          "Ratios", "Throughput relative to the reference by run, and the change from the first run to the last.",
          TrendText.ratiosHeader(trend), "ll" + trend.runs.map { _ in "r" }.joined() + "rrw", TrendText.ratios(trend)))\
        </section>
        <section id="standing">
        <h2>Overall standing</h2>
        <p>\(TrendText.aboutStanding(trend))</p>
        \(table(
          "Overall standing", "By run.", ["Framework"] + trend.runs.map(\.label),
          "l" + trend.runs.map { _ in "r" }.joined(), TrendText.standing(trend)))</section>
        <section id="trend">
        <h2>Trend by scenario</h2>
        \(key)<div class="charts">
        \(trend.scenarios.compactMap { scenario in
          TrendChart.svg(scenario, trend).map { HTMLPage.figure("\(scenario), relative to the reference", $0) }
        })</div>
        </section>

        """)
  }

  private static func table(
    _ name: String, _ caption: Markup, _ header: [String], _ alignment: String, _ rows: [[String]]
  ) -> Markup {
    HTMLPage.table(
      name, caption, header.map { "\($0)" }, alignment: alignment, rows.map { $0.map { "\($0)" as Markup } })
  }

  private static func changes(_ trend: RunTrend, _ key: Markup) -> Markup {
    guard let chart = TrendChart.changes(trend) else { return "<p>No cell is in both.</p>\n" }
    return HTMLPage.figure(
      """
      Throughput relative to the reference in the last run, as a multiple of that in the first: further right is \
      faster. Filled marks are changes beyond chance.
      """, "\(key)\(chart)", style: "wide")
  }

  private static func differences(_ trend: RunTrend) -> Markup {
    if trend.differences.isEmpty { return "<p>Machine, versions and settings are the same in all runs.</p>\n" }
    return table(
      "Differences", "What is not the same in all runs.", ["What"] + trend.runs.map(\.label),
      "l" + trend.runs.map { _ in "w" }.joined(), trend.differences.map { [$0.name] + $0.values })
  }
}
