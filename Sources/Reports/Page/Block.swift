import Results

/// A part of a report, described once; ``MarkdownPage`` and ``HTMLPage`` write it.
indirect enum Block {
  case heading(Int, String)
  case paragraph(Words)
  /// A paragraph that stands back.
  case note(Words)
  /// Nothing at all where there are no items.
  case list([Words])
  case table(Table)
  /// Names and values.
  case facts(caption: String, [(String, String)])
  case code([String])
  /// What only some readers want, to be opened.
  case details(String, [Block])
  /// What a link can lead to.
  case section(id: String, [Block])
  case only(Medium, [Block])
  /// Charts and what else only a page has.
  case markup(Markup)

  enum Medium { case markdown, page }

  static func paragraph(_ text: String) -> Block { .paragraph(Words(text)) }
  static func list(_ items: [String]) -> Block { .list(items.map(Words.init)) }
}

/// A table: Markdown shows its columns and rows, a page its caption as well, and `title` to those who cannot see it.
struct Table {
  var title: String
  var caption: String
  var columns: [Column]
  var rows: [[Words]]
  /// The places of the columns where Markdown has another order: only on a page does the first one head the rows.
  var markdownOrder: [Int]?

  init(_ title: String, _ caption: String, _ columns: [Column], _ rows: [[Words]], markdownOrder: [Int]? = nil) {
    (self.title, self.caption, self.columns, self.rows) = (title, caption, columns, rows)
    self.markdownOrder = markdownOrder
  }

  init(_ title: String, _ caption: String, _ columns: [Column], _ rows: [[String]]) {
    self.init(title, caption, columns, rows.map { $0.map(Words.init) })
  }

  struct Column {
    enum Alignment { case left, right, wrapped }

    var title: Words
    var alignment: Alignment

    static func left(_ title: String) -> Column { Column(title: Words(title), alignment: .left) }
    static func right(_ title: String) -> Column { Column(title: Words(title), alignment: .right) }
    static func right(_ title: Words) -> Column { Column(title: title, alignment: .right) }
    /// Sentences, which a page may break.
    static func wrapped(_ title: String) -> Column { Column(title: Words(title), alignment: .wrapped) }
  }
}

/// Text as Markdown and as HTML: the same words, escaped, with what each of the two has of emphasis and links.
struct Words {
  var markdown: String
  var html: Markup
  /// What a page sorts a table's cell by; nil for the first number in it.
  var sortValue: Double?

  init(markdown: String, html: Markup) { (self.markdown, self.html) = (markdown, html) }

  init(_ text: String) {
    self.init(markdown: MarkdownPage.escaped(text), html: "\(text)")
    sortValue = SortValue.of(text)
  }

  static func strong(_ text: String) -> Words {
    Words(markdown: "**\(MarkdownPage.escaped(text))**", html: "<strong>\(text)</strong>")
  }

  /// Without a backquote in it.
  static func code(_ text: String) -> Words { Words(markdown: "`\(text)`", html: "<code>\(text)</code>") }

  static func link(to address: String, _ text: String) -> Words {
    Words(markdown: "[\(MarkdownPage.escaped(text))](\(address))", html: "<a href=\"\(address)\">\(text)</a>")
  }

  /// On a page with a link to its section, where it has one.
  static func scenario(_ name: String, isLinked: Bool = true) -> Words {
    if !isLinked { return Words(name) }
    return Words(markdown: MarkdownPage.escaped(name), html: "<a href=\"#scenario-\(name)\">\(name)</a>")
  }

  /// On a page with its mark.
  static func framework(_ framework: Manifest.FrameworkEntry, _ run: RunSummary) -> Words {
    let mark = ChartMark.of(framework, in: run).inline
    return Words(
      markdown: MarkdownPage.escaped(framework.title), html: "<span class=\"name\">\(mark)\(framework.title)</span>")
  }

  static func + (left: Words, right: Words) -> Words {
    var words = Words(markdown: left.markdown + right.markdown, html: "\(left.html)\(right.html)")
    words.sortValue = left.sortValue ?? right.sortValue
    return words
  }

  /// On a page with a small picture below.
  func above(_ picture: Markup) -> Words {
    var words = self
    words.html += picture
    return words
  }
}
