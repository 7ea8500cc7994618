import Results

/// What all pages share: one file that needs no network and no script, for light, dark, paper and phone.
package enum HTMLPage {
  package static func text(title: String, header: Markup, main: Markup) -> String {
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
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
      \(main)</main>
      </body>
      </html>

      """
    return page.text
  }

  /// A table of names and values.
  package static func facts(_ caption: String?, _ rows: [(String, String)]) -> Markup {
    let rows = rows.map { "<tr><th scope=\"row\">\($0)</th><td>\($1)</td></tr>\n" as Markup }
    let head = caption.map { "<caption><span>\($0)</span></caption>" as Markup }
    return "<table class=\"facts\">\(head ?? "")\n<tbody>\n\(rows)</tbody></table>\n"
  }

  /// A table of figures that scrolls by itself where it is wider than the page, also with the keyboard.
  ///
  /// - Parameter alignment: `l`, `r` or `w` (words that may break) for each column; the first column heads the rows.
  package static func table(
    _ name: String, _ caption: Markup, _ header: [Markup], alignment: String, _ rows: [[Markup]]
  ) -> Markup {
    let alignment = Array(alignment)
    func style(_ column: Int) -> Markup {
      switch alignment[column] {
      case "r": " class=\"n\""
      case "w": " class=\"wrap\""
      default: ""
      }
    }
    let heads = header.enumerated().map { "<th scope=\"col\"\(style($0))>\($1)</th>" as Markup }
    let lines = rows.map { row -> Markup in
      let cells = row.enumerated().map { column, cell -> Markup in
        column == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td\(style(column))>\(cell)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <div class="scroll" role="region" aria-label="\(name)" tabindex="0">
      <table class="figures"><caption><span>\(caption)</span></caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(lines)</tbody></table>
      </div>

      """
  }

  /// A chart with what it shows in a line.
  package static func figure(_ caption: Markup, _ chart: Markup, style: String = "") -> Markup {
    let style: Markup = style.isEmpty ? "" : " class=\"\(style)\""
    return "<figure\(style)>\n<figcaption>\(caption)</figcaption>\n\(chart)</figure>\n"
  }

  /// What only some readers want: closed on a screen, open on paper.
  package static func details(_ summary: Markup, _ content: Markup) -> Markup {
    "<details><summary>\(summary)</summary>\n\(content)</details>\n"
  }

  /// Nothing at all where there are no items.
  package static func list(_ items: [String]) -> Markup { list(items.map { "\($0)" as Markup }) }

  package static func list(_ items: [Markup]) -> Markup {
    items.isEmpty ? "" : "<ul>\n\(items.map { "<li>\($0)</li>\n" as Markup })</ul>\n"
  }

  /// Which mark is which.
  package static func key(_ items: [(mark: ChartMark, name: String)]) -> Markup {
    let items = items.map { "<li>\($0.mark.inline)\($0.name)</li>" as Markup }
    return "<ul class=\"key\">\(items)</ul>\n"
  }

  package static func key(_ frameworks: [Manifest.FrameworkEntry], _ run: RunSummary) -> Markup {
    key(frameworks.map { (.of($0, in: run), $0.title) })
  }

  /// Words in which what stands between backquotes is code.
  package static func withCode(_ words: String) -> Markup {
    let parts = words.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    guard !parts.count.isMultiple(of: 2) else { return "\(words)" }
    let pieces = parts.enumerated().map { $0.isMultiple(of: 2) ? "\($1)" as Markup : "<code>\($1)</code>" }
    return "\(pieces)"
  }

  /// A framework with its mark.
  package static func name(_ framework: Manifest.FrameworkEntry, _ run: RunSummary) -> Markup {
    "<span class=\"name\">\(ChartMark.of(framework, in: run).inline)\(framework.title)</span>"
  }
}
