import Text

/// Blocks as Markdown, with an empty line between.
struct MarkdownPage {
  private(set) var text = ""

  init(_ blocks: [Block]) { add(blocks) }

  private mutating func add(_ blocks: [Block]) { for block in blocks { add(block) } }

  private mutating func add(_ block: Block) {
    switch block {
    case .heading(let level, let words): line(String(repeating: "#", count: level) + " " + Self.escaped(words))
    case .paragraph(let words), .note(let words): line(words.markdown)
    case .list(let items): if !items.isEmpty { line(items.map { "- " + $0.markdown }.joined(separator: "\n")) }
    case .table(let table): add(table)
    case .facts(let caption, let rows):
      add(Table("", caption, [.left(""), .left("Value")], rows.map { [$0.0, $0.1] }))
    case .code(let lines):
      let content = lines.map(\.escapingControls).joined(separator: "\n")
      var fence = "```"
      while content.contains(fence) { fence += "`" }
      line("\(fence)\n\(content)\n\(fence)")
    case .details(let summary, let blocks):
      line("<details><summary>\(Markup.escaped(summary))</summary>")
      add(blocks)
      line("</details>")
    case .section(_, let blocks), .only(.markdown, let blocks): add(blocks)
    case .only(.page, _), .markup: break
    }
  }

  private mutating func add(_ table: Table) {
    let order = table.markdownOrder ?? Array(table.columns.indices)
    let rules = table.columns.map { $0.alignment == .right ? "---:" : "---" }
    let lines = [table.columns.map(\.title.markdown), rules] + table.rows.map { $0.map(\.markdown) }
    line(
      lines.map { fields in "| " + order.map { fields[$0] }.joined(separator: " | ") + " |" }.joined(separator: "\n"))
  }

  private mutating func line(_ block: String) { text += (text.isEmpty ? "" : "\n") + block + "\n" }

  /// Text that Markdown shows as it is, on one line: no markup, no link and no mention of anybody can be in it.
  static func escaped(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ").escapingControls
    var result = ""
    var rest = line.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\\", "`", "*", "_", "|", "<", ">", "[", "]", "#", "~", "$": result += "\\\(scalar)"
      // The beginning of a character reference.
      case "&" where rest.first.map({ $0.properties.isAlphabetic || $0 == "#" }) == true: result += "\\&"
      // GitHub makes links of bare addresses.
      case ":" where rest.starts(with: "//".unicodeScalars): result += "\\:"
      case "." where result.suffix(3).lowercased() == "www": result += "\\."
      // It calls whomever an @ names, also where a backslash stands before; and it makes links of mail addresses.
      case "@": result += "@<!-- -->"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
