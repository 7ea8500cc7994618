import Results

/// The controls by which a reader picks frameworks and scenarios on a page. Hidden until the script shows them.
enum PageTools {
  /// Nothing where there is nothing to pick from.
  static func html(_ frameworks: [(mark: ChartMark, framework: Manifest.FrameworkEntry)], scenarios: [String]) -> Markup
  {
    let boxes =
      frameworks.count(where: { !$0.framework.isReference }) > 1
      ? frameworks.map { mark, framework -> Markup in
        """
        <label><input type="checkbox" value="\(framework.name)" data-mark="\(mark.selector)" autocomplete="off" checked>\
        \(mark.inline)\(framework.title)</label>
        """
      } : []
    let options = scenarios.count > 1 ? scenarios.map { "<option value=\"\($0)\">" as Markup } : []
    if boxes.isEmpty, options.isEmpty { return "" }
    let picks: Markup = boxes.isEmpty ? "" : "<fieldset><legend>Frameworks</legend>\(boxes)</fieldset>\n"
    let search: Markup =
      options.isEmpty
      ? ""
      : """
      <fieldset><legend>Scenarios</legend><input type="search" aria-label="Scenarios with" list="scenario-names" \
      placeholder="such as db, sse" autocomplete="off"> <output></output>\
      <datalist id="scenario-names">\(options)</datalist></fieldset>

      """
    return "<form id=\"tools\" class=\"tools\" aria-label=\"Show only\" hidden>\n\(picks)\(search)</form>\n"
  }

  static func html(_ run: RunSummary) -> Markup {
    html(
      run.manifest.frameworks.map { (.of($0, in: run), $0) }, scenarios: run.manifest.scenarios.map(\.name))
  }
}
