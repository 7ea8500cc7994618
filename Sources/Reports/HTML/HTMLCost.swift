/// What each framework adds to a request.
package enum HTMLCost {
  /// Nothing where no cost is known.
  package static func section(_ run: RunSummary) -> Markup {
    guard Reading.hasCosts(run) else { return "" }
    let figure = CostChart.svg(run).map { chart in
      HTMLPage.figure(
        """
        CPU time per exchange as a multiple of the reference’s (1×), further right is dearer, with 95 % intervals; on \
        the right, the reference’s own. Filled marks differ from it by more than chance.
        """, "\(HTMLPage.key(run.competitors, run))\(chart)", style: "wide")
    }
    let rows = TableText.costs(run).map { row in
      [HTMLReport.link(to: row[0])] + row.dropFirst().map { "\($0)" as Markup }
    }
    return """
      <section id="cost">
      <h2>Framework cost</h2>
      <p>\(Reading.whatCostIs)</p>
      \(HTMLPage.list(run.competitors.compactMap { Reading.cost($0, run) }))\(figure ?? "")\(HTMLPage.table(
        "Framework cost", "CPU time that each framework adds to an exchange, with the 95 % interval, and the multiple.",
        ["Scenario", "Reference"] + run.competitors.map { HTMLPage.name($0, run) },
        alignment: "lr" + run.competitors.map { _ in "r" }.joined(), rows))</section>

      """
  }
}
