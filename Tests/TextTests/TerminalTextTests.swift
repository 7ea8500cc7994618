import Testing

@testable import Text

@Suite struct TextTableTests {
  @Test("A column is as wide as its widest cell: text ends in spaces, figures begin with them")
  func widths() {
    let table = TextTable([.left, .right, .left], [["name", "count", "verdict"], ["grün", "7", "met"]])
    #expect(table.lines == ["name  count  verdict", "grün      7  met"])
    #expect(table.text == "name  count  verdict\ngrün      7  met")
  }

  @Test("A column may have a least width, the table an indent, and its columns another gap")
  func leastWidths() {
    let table = TextTable(
      [.left(atLeast: 6), .right(atLeast: 4)], [["a", "1"], ["b", "12345"]], indent: 2, gap: 1)
    #expect(table.lines == ["  a          1", "  b      12345"])
  }

  @Test("A column of an exact width cuts what is longer")
  func exactWidths() {
    let table = TextTable([.left(exactly: 4), .right(exactly: 3)], [["abcde", "1"], ["abcd", "1234"]])
    #expect(table.lines == ["abc…    1", "abcd  12…"])
  }

  @Test("No spaces follow a last column of text, and figures keep their place")
  func ends() {
    #expect(TextTable([.left, .left], [["a", "long"], ["b", ""]]).lines == ["a  long", "b  "])
    #expect(TextTable([.left, .right], [["a", "long"], ["b", ""]]).lines == ["a  long", "b      "])
    #expect(TextTable([.left], []).lines.isEmpty)
  }

  @Test("Where lines are to break, the words of the last column go on below its first ones")
  func wrapping() {
    let rows = [["ok", "short"], ["warn", "one two three four"], ["x", "averylongword"]]
    #expect(
      TextTable([.left, .left], rows, indent: 1, wrappedAt: 16).lines
        == [" ok    short", " warn  one two", "       three", "       four", " x     averylongword"])
  }

  @Test("Controls are shown as escapes, and counted as they are shown")
  func controls() {
    let table = TextTable([.left, .left], [["\u{1b}[1m", "b"], ["a", "c\nd"]])
    #expect(table.lines == [#"\u{1b}[1m  b"#, #"a          c\nd"#])
  }
}

@Suite struct TerminalTextTests {
  @Test("Words break into lines that fit, with more space before every line but the first")
  func wrapping() {
    #expect(TerminalText.wrapped("one two three", width: 8) == ["one two", "  three"])
    #expect(TerminalText.wrapped("one two three", indent: "> ", hanging: 0, width: 9) == ["> one two", "> three"])
    #expect(TerminalText.wrapped("averylongword b", width: 5) == ["averylongword", "  b"])
    #expect(TerminalText.wrapped("") == [""])
  }
}
