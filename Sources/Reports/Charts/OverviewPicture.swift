import Results

/// The overview of a run as a picture of its own, for a README or a message: it is light or dark as its reader prefers.
public enum OverviewPicture {
  private static let (width, margin, lineHeight) = (880.0, 16.0, 24.0)

  /// An SVG file of 880 pixels; nil without a reference, where no cell has a ratio to it, and of two versions.
  public static func svg(_ run: RunSummary) -> String? {
    guard run.manifest.comparison == nil, let reference = run.reference, let plot = DotPlot.overview(run),
      let chart = plot.svg()
    else { return nil }
    let top = margin + 2 * lineHeight
    let height = top + plot.height + margin
    let picture: Markup = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif">
      <style>
      \(HTMLStyle.colors)
      \(HTMLStyle.charts)
      </style>
      <rect width="\(width)" height="\(height)" rx="6" fill="var(--page)"/>
      <g class="chart"><text x="\(margin)" y="\(margin + 12)" font-weight="600">\
      Throughput relative to \(reference.title), with 95 % intervals. Filled: the fastest, or tied with it.</text>
      \(key(run, y: margin + lineHeight + 12))</g>
      <svg x="\(margin)" y="\(top)" width="\(width - 2 * margin)" height="\(plot.height)">
      \(chart)</svg>
      </svg>

      """
    return picture.text
  }

  /// The marks with their names, one beside the other.
  private static func key(_ run: RunSummary, y: Double) -> Markup {
    var x = margin
    var entries: [Markup] = []
    for framework in run.competitors {
      let name = "\(framework.title) \(framework.version)"
      entries.append(
        "\(ChartMark.of(framework, in: run).drawn(x: x + 6, y: y - 4))<text x=\"\(x + 18)\" y=\"\(y)\">\(name)</text>\n"
      )
      x += Double(name.count) * 7.5 + 40
    }
    return "\(entries)"
  }
}
