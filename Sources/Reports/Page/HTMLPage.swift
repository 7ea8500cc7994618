import Results
import Statistics

/// What all pages share: one file for light, dark, paper and phone. It asks nothing of the network, which its policy has the
/// browser enforce, and lacks nothing where scripts are off.
enum HTMLPage {
  static func text(title: String, header: Markup = "", _ blocks: [Block]) -> String {
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(PageScript.policy)">
      <title>\(title)</title>
      <style>
      \(HTMLStyle.css)
      </style>
      </head>
      <body>
      <header>
      <h1>\(title)</h1>
      \(header)</header>
      <main>
      \(html(blocks))</main>
      <script>\(PageScript.source)</script>
      </body>
      </html>

      """
    return page.text
  }

  static func html(_ blocks: [Block]) -> Markup { "\(blocks.map(html))" }

  private static func html(_ block: Block) -> Markup {
    switch block {
    case .heading(let level, let words): "<h\(level)>\(words)</h\(level)>\n"
    case .paragraph(let words): "<p>\(words.html)</p>\n"
    case .note(let words): "<p class=\"soft\">\(words.html)</p>\n"
    case .list(let items): items.isEmpty ? "" : "<ul>\n\(items.map { "<li>\($0.html)</li>\n" as Markup })</ul>\n"
    case .table(let table): html(table)
    case .facts(let caption, let rows): facts(rows, caption: "<caption><span>\(caption)</span></caption>")
    case .code(let lines): "<pre>\(lines.joined(separator: "\n"))</pre>\n"
    // Closed on a screen, open on paper.
    case .details(let summary, let blocks): "<details><summary>\(summary)</summary>\n\(html(blocks))</details>\n"
    case .section(let id, let blocks): "<section id=\"\(id)\">\n\(html(blocks))</section>\n"
    case .only(.page, let blocks): html(blocks)
    case .only(.markdown, _): ""
    case .markup(let markup): markup
    }
  }

  /// A table of names and values.
  static func facts(_ rows: [(String, String)], caption: Markup = "") -> Markup {
    let rows = rows.map { "<tr><th scope=\"row\">\($0)</th><td>\($1)</td></tr>\n" as Markup }
    return "<table class=\"facts\">\(caption)\n<tbody>\n\(rows)</tbody></table>\n"
  }

  /// It scrolls by itself where it is wider than the page, also with the keyboard. The first column heads the rows. The
  /// script makes buttons of the column heads, and finds frameworks and scenarios by them.
  private static func html(_ table: Table) -> Markup {
    let styles = table.columns.map { column -> Markup in
      switch column.alignment {
      case .left: ""
      case .right: " class=\"n\""
      case .wrapped: " class=\"wrap\""
      }
    }
    let heads = zip(styles, table.columns).map { "<th scope=\"col\"\($0)>\($1.title.html)</th>" as Markup }
    let lines = table.rows.map { row -> Markup in
      let cells = row.enumerated().map { column, cell -> Markup in
        let value = cell.sortValue.map(sortValue) ?? ""
        return column == 0
          ? "<th scope=\"row\"\(value)>\(cell.html)</th>" : "<td\(styles[column])\(value)>\(cell.html)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <div class="scroll" role="region" aria-label="\(table.title)" tabindex="0">
      <table class="figures"><caption><span>\(table.caption)</span></caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(lines)</tbody></table>
      </div>

      """
  }

  private static func sortValue(_ value: Double) -> Markup { " data-sort=\"\(String(Figure.rounded(value)))\"" }

  /// A box whose edge tells how it is: `""` is well, `warn`, `bad`.
  static func box(_ style: String, _ content: Markup) -> Markup {
    "<div class=\"box\(style.isEmpty ? "" : " ")\(style)\">\(content)</div>\n"
  }

  /// A chart with what it shows in a line.
  static func figure(_ caption: Markup, _ chart: Markup, style: Markup = "") -> Markup {
    "<figure\(style)>\n<figcaption>\(caption)</figcaption>\n\(chart)</figure>\n"
  }

  /// The same as wide as the page, with its key.
  static func wideFigure(_ caption: Markup, key: Markup, _ chart: Markup) -> Markup {
    figure(caption, "\(key)\(chart)", style: " class=\"wide\"")
  }

  /// Which mark is which.
  static func key(_ items: [(mark: ChartMark, name: String)]) -> Markup {
    "<ul class=\"key\">\(items.map { "<li>\($0.mark.inline)\($0.name)</li>" as Markup })</ul>\n"
  }

  static func key(_ frameworks: [Manifest.FrameworkEntry], _ run: RunSummary) -> Markup {
    key(frameworks.map { (.of($0, in: run), $0.title) })
  }

  /// Links to parts of the page.
  static func contents(_ name: String, _ links: [Markup]) -> Markup {
    "<nav aria-label=\"\(name)\"><ul>\(links.map { "<li>\($0)</li>" as Markup })</ul></nav>\n"
  }

  /// Words in which what stands between backquotes is code.
  static func withCode(_ words: String) -> Markup {
    let parts = words.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    guard !parts.count.isMultiple(of: 2) else { return "\(words)" }
    let pieces = parts.enumerated().map { $0.isMultiple(of: 2) ? "\($1)" as Markup : "<code>\($1)</code>" }
    return "\(pieces)"
  }
}
