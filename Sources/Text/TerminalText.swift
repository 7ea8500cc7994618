/// Text for a terminal of 80 columns.
package enum TerminalText {
  package static let width = 80

  /// Words broken into lines that fit; a word that is longer than a line stands alone.
  package static func wrapped(_ text: String, indent: String = "") -> [String] {
    var lines: [String] = []
    var current = indent
    for word in text.split(whereSeparator: \.isWhitespace) {
      if current.count > indent.count, current.count + 1 + word.count > width {
        lines.append(current)
        current = indent + "  "
        current += word
      } else {
        current += (current.count > indent.count ? " " : "") + word
      }
    }
    return lines + [current]
  }
}
