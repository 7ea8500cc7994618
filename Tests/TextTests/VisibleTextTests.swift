import Testing
import Text

@Suite struct VisibleTextTests {
  @Test(
    "What a terminal would obey, or what hides or turns text, is shown as an escape",
    arguments: [
      ("\u{1b}[31mred", #"\u{1b}[31mred"#), ("a\r\nb", #"a\r\nb"#), ("a\tb", #"a\tb"#), ("\0", #"\u{0}"#),
      ("\u{7}\u{8}\u{7f}", #"\u{7}\u{8}\u{7f}"#), ("\u{9b}31m\u{85}", #"\u{9b}31m\u{85}"#),
      ("a\u{202e}b\u{2066}c\u{2069}", #"a\u{202e}b\u{2066}c\u{2069}"#), ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#),
      ("\u{200e}\u{200f}\u{61c}", #"\u{200e}\u{200f}\u{61c}"#),
      ("a\u{200b}b\u{feff}\u{ad}\u{e0041}", #"a\u{200b}b\u{feff}\u{ad}\u{e0041}"#),
    ])
  func escapes(text: String, shown: String) {
    #expect(text.escapingControls == shown)
    #expect(shown.escapingControls == shown)
  }

  @Test("Other text stays as it is", arguments: ["", "plain", #"C:\new"#, "grün – 日本 👩‍👩‍👧", "שלום", "\u{fffd}"])
  func others(text: String) {
    #expect(text.escapingControls == text)
    #expect(text.escapingControlsWithinLines == text)
  }

  @Test("In text of several lines, line feeds and tabs stay")
  func lines() {
    #expect("a\n\tb\r\n\u{1b}c".escapingControlsWithinLines == "a\n\tb\\r\n\\u{1b}c")
  }

  @Test("In JSON they are escapes of JSON, and line feeds between its tokens stay")
  func json() throws {
    let text = "{\n\"a\": \"\u{9b}31m\u{202e}\u{7f}\u{e0041}ä\"\n}"
    #expect(text.escapingControlsInJSON == "{\n\"a\": \"\\u009b31m\\u202e\\u007f\\udb40\\udc41ä\"\n}")
  }

  @Test(
    "Bytes that are not UTF-8 are shown one by one",
    arguments: [
      ([0x61, 0xFF, 0x62], #"a\xffb"#), ([0xC3], #"\xc3"#), ([0xC3, 0xA4], "ä"), ([0xE2, 0x82], #"\xe2\x82"#),
      ([0xC0, 0x80], #"\xc0\x80"#), ([0xED, 0xA0, 0x80], #"\xed\xa0\x80"#), ([0x80, 0x0A, 0x1B], #"\x80\n\u{1b}"#),
      ([0xF0, 0x9F, 0x98, 0x80], "😀"), ([0xE2, 0x80, 0xAE], #"\u{202e}"#),
    ] as [([UInt8], String)])
  func bytes(bytes: [UInt8], shown: String) {
    #expect(String(visible: bytes) == shown)
  }
}
