/// The words after the command, taken one by one. What is left when a command has taken its own is a mistake.
struct Arguments {
  private var words: [String]

  init(_ words: some Sequence<String>) {
    // `--option=value` and `--option value` mean the same.
    self.words = words.flatMap { word -> [String] in
      guard word.hasPrefix("--"), let sign = word.firstIndex(of: "=") else { return [word] }
      return [String(word[..<sign]), String(word[word.index(after: sign)...])]
    }
  }

  /// The words as they are, for another program.
  var all: [String] { words }

  /// Takes the option with its value; nil where it is not there. Given twice, the last one counts.
  mutating func option(_ name: String) throws(UsageError) -> String? {
    try options(name).last
  }

  /// Takes every occurrence of an option that may be repeated, in the order given.
  mutating func options(_ name: String) throws(UsageError) -> [String] {
    var values: [String] = []
    while let index = words.firstIndex(of: name) {
      guard index + 1 < words.count else { throw UsageError("\(name) needs a value after it") }
      values.append(words[index + 1])
      words.removeSubrange(index...(index + 1))
    }
    return values
  }

  mutating func flag(_ name: String) -> Bool {
    let found = words.contains(name)
    words.removeAll { $0 == name }
    return found
  }

  /// Takes the operands: everything that is left. Throws where an unknown option is among them.
  mutating func operands(known options: String) throws(UsageError) -> [String] {
    if let unknown = words.first(where: { $0.hasPrefix("-") && $0 != "-" }) {
      throw UsageError("unknown option \(unknown); known: \(options)")
    }
    defer { words = [] }
    return words
  }
}

/// Bad usage: one line that says what was wrong and what would be right. Exit code 3.
struct UsageError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}
