/// `trend.md`: several runs beside each other, for people who read pull requests.
public enum TrendMarkdown {
  public static func text(_ trend: RunTrend) -> String {
    var page = MarkdownPage()
    page.heading(1, TrendText.title(trend))
    page.list(trend.doubts)
    page.heading(2, "In one minute")
    page.list(TrendText.inOneMinute(trend))
    page.paragraph(TrendText.howCompared)
    page.heading(2, "The runs")
    page.table(TrendText.runsHeader, alignment: "lllllll", rows: escaped(TrendText.runs(trend)))
    if trend.differences.isEmpty {
      page.paragraph("Machine, versions and settings are the same in all runs.")
    } else {
      page.table(
        ["What differs"] + trend.runs.map(\.label), alignment: "l" + trend.runs.map { _ in "l" }.joined(),
        rows: escaped(trend.differences.map { [$0.name] + $0.values }))
    }
    page.heading(2, "Ratios to the reference")
    page.table(
      TrendText.ratiosHeader(trend), alignment: "ll" + trend.runs.map { _ in "r" }.joined() + "rrl",
      rows: escaped(TrendText.ratios(trend)))
    page.heading(2, "Overall standing")
    page.paragraph(TrendText.aboutStanding(trend))
    page.table(
      ["Framework"] + trend.runs.map(\.label), alignment: "l" + trend.runs.map { _ in "r" }.joined(),
      rows: escaped(TrendText.standing(trend)))
    return page.text
  }

  private static func escaped(_ rows: [[String]]) -> [[String]] { rows.map { $0.map(MarkdownPage.escaped) } }
}
