import Statistics

/// A bar for each target, as long as its figure, with its name and the figure in words above it.
struct BarChart {
  struct Row {
    var mark: ChartMark
    var name: String
    /// Parts of the bar, one after the other, each paler than the one before.
    var parts: [Double]
    /// Drawn over the end of the bar.
    var interval: ConfidenceInterval?
    var figure: String
    /// Only an outline: the figure has no rank.
    var isHollow = false
  }

  var words: String
  var rows: [Row]

  private static let rowHeight = 46.0

  /// nil where no bar has a length.
  func svg() -> Markup? {
    let lengths = rows.map { $0.parts.reduce(0, +) }
    let longest = max(lengths.max() ?? 0, rows.compactMap { $0.interval.map(\.high) }.filter(\.isFinite).max() ?? 0)
    guard let bar = lengths.max(), bar > 0 else { return nil }
    // An interval of very few rounds can be many times as long as the bars.
    let scale = (Plot.width - 4) / min(longest, bar * 2)
    let parts = rows.enumerated().map { place, row in draw(row, top: Double(place) * Self.rowHeight, scale) }
    return Plot.svg(words, height: Double(rows.count) * Self.rowHeight + 2, parts)
  }

  private func draw(_ row: Row, top: Double, _ scale: Double) -> Markup {
    var x = 0.0
    let bars = row.parts.enumerated().map { index, part -> Markup in
      defer { x += part * scale }
      return """
        <rect class="\(row.mark.style) \(row.isHollow ? "hollow" : "part\(min(index, 2))")" x="\(x)" y="\(top + 22)" \
        width="\(part * scale)" height="16"/>
        """
    }
    return """
      <g class="\(row.mark.style)">\(row.mark.drawn(x: 6, y: top + 11))<text x="17" y="\(top + 15.5)">\(row.name)</text>\
      <text class="end" x="\(Plot.width)" y="\(top + 15.5)" text-anchor="end">\(row.figure)</text>\
      \(bars)\(row.interval.map { whisker($0, y: top + 30, scale) } ?? "")</g>

      """
  }

  private func whisker(_ interval: ConfidenceInterval, y: Double, _ scale: Double) -> Markup {
    let from = interval.low * scale
    let to = min(interval.high * scale, Plot.width)
    guard from.isFinite, to.isFinite, from <= to else { return "" }
    return "<path class=\"whisker\" d=\"M\(from) \(y)H\(to)M\(from) \(y - 4)V\(y + 4)M\(to) \(y - 4)V\(y + 4)\"/>"
  }
}
