import Text

/// Markdown put together block by block, with an empty line between.
package struct MarkdownPage {
  package private(set) var text = ""

  package mutating func heading(_ level: Int, _ words: String) {
    block(String(repeating: "#", count: level) + " " + Self.escaped(words))
  }

  package mutating func paragraph(_ words: String, escaped: Bool = false) {
    block(escaped ? words : Self.escaped(words))
  }

  /// Nothing at all where there are no items.
  package mutating func list(_ items: [String]) {
    if !items.isEmpty { block(items.map { "- " + Self.escaped($0) }.joined(separator: "\n")) }
  }

  package mutating func code(_ lines: [String]) {
    let content = lines.map(\.escapingControls).joined(separator: "\n")
    var fence = "```"
    while content.contains(fence) { fence += "`" }
    block("\(fence)\n\(content)\n\(fence)")
  }

  /// The cells are Markdown already; `alignment` has `l` or `r` for each column.
  package mutating func table(_ header: [String], alignment: String, rows: [[String]]) {
    let rules = alignment.map { $0 == "r" ? "---:" : "---" }
    block(
      ([header.map(Self.escaped), rules] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(
        separator: "\n"))
  }

  /// A list that readers open.
  package mutating func details(_ summary: String, _ items: [String]) {
    block("<details><summary>\(Markup.escaped(summary))</summary>")
    list(items)
    block("</details>")
  }

  package mutating func detailsTable(_ summary: String, _ header: [String], alignment: String, rows: [[String]]) {
    block("<details><summary>\(Markup.escaped(summary))</summary>")
    table(header, alignment: alignment, rows: rows)
    block("</details>")
  }

  private mutating func block(_ block: String) {
    text += (text.isEmpty ? "" : "\n") + block + "\n"
  }

  /// Text that Markdown shows as it is, on one line: no markup, no link and no mention of anybody can be in it.
  package static func escaped(_ text: String) -> String {
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
