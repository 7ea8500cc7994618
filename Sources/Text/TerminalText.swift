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

/// A table for a terminal: each column is as wide as its widest cell, counted in characters.
///
/// Controls in a cell are shown as escapes, before anything is counted. No spaces follow a last column of text.
package struct TextTable {
  package struct Column: Sendable {
    private let isOfFigures: Bool
    private let widths: ClosedRange<Int>

    /// Text, which begins where its column begins.
    package static let left = Column(isOfFigures: false, widths: 0...Int.max)
    /// Figures, which end where their column ends.
    package static let right = Column(isOfFigures: true, widths: 0...Int.max)

    package static func left(atLeast width: Int) -> Column { Column(isOfFigures: false, widths: width...Int.max) }
    package static func right(atLeast width: Int) -> Column { Column(isOfFigures: true, widths: width...Int.max) }
    /// What is longer is cut, and ends in `…`.
    package static func left(exactly width: Int) -> Column { Column(isOfFigures: false, widths: width...width) }
    /// What is longer is cut, and ends in `…`.
    package static func right(exactly width: Int) -> Column { Column(isOfFigures: true, widths: width...width) }

    fileprivate func width(of cells: [String]) -> Int {
      min(max(cells.map(\.count).max() ?? 0, widths.lowerBound), widths.upperBound)
    }

    fileprivate func text(of cell: String, _ width: Int, isLast: Bool) -> String {
      let short = cell.count > width ? cell.prefix(width - 1) + "…" : cell
      let space = String(repeating: " ", count: width - short.count)
      return isOfFigures ? space + short : isLast ? short : short + space
    }
  }

  private let columns: [Column]
  private let rows: [[String]]
  private let indent: Int
  private let gap: Int
  private let limit: Int?

  /// - Parameters:
  ///   - rows: the cells of each line, as many as there are columns; a header is a row like the others.
  ///   - indent: spaces before each line.
  ///   - gap: spaces between two columns.
  ///   - limit: the length at which lines break; the words of the last column then go on below its first ones. nil
  ///     breaks none.
  package init(_ columns: [Column], _ rows: [[String]], indent: Int = 0, gap: Int = 2, wrappedAt limit: Int? = nil) {
    self.columns = columns
    self.rows = rows.map { $0.map(\.escapingControls) }
    self.indent = indent
    self.gap = gap
    self.limit = limit
  }

  /// Without line feeds.
  package var lines: [String] {
    let widths = columns.indices.map { column in columns[column].width(of: rows.map { $0[column] }) }
    return rows.flatMap { row -> [String] in
      let cells = columns.indices.map { column in
        columns[column].text(of: row[column], widths[column], isLast: column == columns.count - 1)
      }
      let line = spaces(indent) + cells.joined(separator: spaces(gap))
      guard let limit, line.count > limit, let last = cells.last else { return [line] }
      let start = line.count - last.count
      let wrapped = TerminalText.wrapped(last, indent: spaces(start), hanging: 0, width: limit)
      return [String(line.prefix(start)) + wrapped[0].dropFirst(start)] + wrapped.dropFirst()
    }
  }

  package var text: String { lines.joined(separator: "\n") }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
