// Text from outside (a server, a database, a package, a log) as people can look at it safely: what a terminal would obey,
// and what hides or turns other text around, is shown as an escape instead.

extension String {
  /// The text on one line, with `\u{1b}` for an escape character and `\n` for a line feed.
  ///
  /// Escaped are the controls (C0, DEL and C1), the line and paragraph separators, characters without a width, and the marks
  /// that embed, override or isolate a direction of writing (Unicode Standard Annex #9, section 2). To escape twice changes
  /// nothing.
  public var escapingControls: String { escaped { _ in false } }

  /// The same for text of many lines: line feeds and tabs stay.
  public var escapingControlsWithinLines: String { escaped { $0 == "\n" || $0 == "\t" } }

  /// JSON that says the same, and can be looked at: such characters stand in its strings only, where `\\u001b` means them.
  public var escapingControlsInJSON: String {
    escaped {
      $0 == "\n"
    } with: { scalar in
      scalar.utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    }
  }

  /// UTF-8 as in `escapingControls`, and every byte that is not UTF-8 as `\xff`.
  public init(visible bytes: some Collection<UInt8>) {
    var text = ""
    var rest = bytes[...]
    while let first = rest.first {
      let whole = rest.prefix(UTF8.length(from: first))
      if let character = String(validating: whole, as: UTF8.self) {
        text += character
        rest = rest[whole.endIndex...]
      } else {
        text += "\\x" + (first < 0x10 ? "0" : "") + String(first, radix: 16)
        rest = rest.dropFirst()
      }
    }
    self = text.escapingControls
  }

  private func escaped(
    except isKept: (Unicode.Scalar) -> Bool, with escape: (Unicode.Scalar) -> String = \.visibleEscape
  ) -> String {
    guard unicodeScalars.contains(where: { $0.isUnsafeToShow && !isKept($0) }) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isUnsafeToShow, !isKept(scalar) {
        text += escape(scalar)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  fileprivate var isUnsafeToShow: Bool {
    switch value {
    case 0...0x1F, 0x7F...0x9F: true
    // Line and paragraph separators; embeddings, overrides and isolates; the marks that set a direction.
    case 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
    // What takes no room and can hide in a word; not the joiners, which scripts and emoji need.
    case 0x00AD, 0x200B, 0x2060...0x2064, 0xFEFF, 0xE0000...0xE007F: true
    default: false
    }
  }

  fileprivate var visibleEscape: String {
    switch self {
    case "\n": #"\n"#
    case "\r": #"\r"#
    case "\t": #"\t"#
    default: #"\u{"# + String(value, radix: 16) + "}"
    }
  }
}

extension UTF8 {
  /// How many bytes a character has that begins with this one. 1 for a byte that begins none.
  fileprivate static func length(from first: UInt8) -> Int {
    switch first {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}
