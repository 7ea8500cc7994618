/// Text for a terminal of 80 columns.
package enum TerminalText {
  package static let width = 80

  /// Words broken into lines that fit; a word that is longer than a line stands alone.
  ///
  /// - Parameters:
  ///   - indent: before every line.
  ///   - hanging: how many spaces more there are before every line but the first.
  package static func wrapped(
    _ text: String, indent: String = "", hanging: Int = 2, width: Int = TerminalText.width
  ) -> [String] {
    var lines: [String] = []
    var current = indent
    for word in text.split(whereSeparator: \.isWhitespace) {
      if current.count > indent.count, current.count + 1 + word.count > width {
        lines.append(current)
        current = indent + String(repeating: " ", count: hanging) + word
      } else {
        current += (current.count > indent.count ? " " : "") + word
      }
    }
    return lines + [current]
  }
}
