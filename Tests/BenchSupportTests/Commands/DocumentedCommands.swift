import Foundation

/// The commands that a page in Markdown tells people to type.
struct DocumentedCommands: Equatable {
  /// Of its fenced blocks: whole commands, without comments, to be run as they stand.
  var fenced: [String] = []
  /// Of its code spans: commands as they are spoken of, with placeholders and parts left out.
  var spoken: [String] = []

  static let programs = ["make", "swift", "shootout", ".build/debug/shootout"]

  init(_ page: String) {
    var isFenced = false
    // What a program prints is fenced as text, and may speak of commands.
    var isOutput = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.drop(while: { $0 == " " }).hasPrefix("```") {
        isFenced.toggle()
        isOutput = isFenced && line.hasSuffix("text")
      } else if isFenced, !isOutput {
        let code = line.firstRange(of: /(^|\s)#/).map { line[..<$0.lowerBound] } ?? line
        for command in code.split(whereSeparator: { $0 == ";" || $0 == "|" }) { add(command, to: \.fenced) }
      }
    }
    // A span may go over the end of a line.
    let text = page.split(separator: "```", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset.isMultiple(of: 2) }.map { String($0.element) }.joined()
    for match in text.matches(of: /`([^`]+)`/) { add(match.1, to: \.spoken) }
  }

  private mutating func add(_ text: Substring, to list: WritableKeyPath<DocumentedCommands, [String]>) {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let program = words.first, Self.programs.contains(program) else { return }
    // A diagram may begin with the name of a program.
    guard words.count == 1 || words[1].contains(where: { $0.isASCII && $0.isLetter }) else { return }
    self[keyPath: list].append(words.joined(separator: " "))
  }
}
