import BenchSupport
import BenchTesting
import LoadEngine
import Reports
import Testing

extension Exclusive.ParityTests {
  @Test(.selected(.query)) func query() async throws {
    try await Comparison.of(.query) { all in
      let words = (1...20).map { _ in all.input.word() }
      all.check(search(pairs(words)), .json(object(words)), times: 2)
      all.check(search(Array(pairs(words).reversed())), .json(object(words)))
      all.check(search(pairs(words) + [("p21", "more"), ("other", "")]), .json(object(words)))

      var texts = (1...20).map { _ in all.input.unicodeText() }
      texts[0] = "a/b"
      texts[1] = ""
      texts[2] = "é 中 😀"
      all.check(search(pairs(texts)), Answer(200, [:], .unescaped(object(texts))), times: 2)
      let long = (1...20).map { _ in " /\(all.input.unicodeText(40...60))/ " }
      all.check(search(pairs(long)), Answer(200, [:], .unescaped(object(long))))
      all.check(
        HTTPRequest("GET", "/search?p1=a%2Fb&p2=x+y&p3=%2B&" + encoded(Array(pairs(words)[3...]))),
        .json(object(["a/b", "x y", "+"] + words[3...])))

      let accented = ["é"] + words[1...]
      all.check(
        HTTPRequest("GET", "/search?p1=%C3%A9&" + encoded(Array(pairs(words)[1...]))),
        Answer(200, [:], .unescaped(object(accented))))
      all.check(
        HTTPRequest("GET", "/search?p1=%C3%A9&" + encoded(Array(pairs(words)[1...]))),
        Answer(200, [:], .contains(#""p1":"é""#)), difference: .nonASCIIJSON)
      all.check(
        search([("p1", "first")] + pairs(words)[1...] + [("p1", "last")]),
        Answer(200, [:], .contains(#""p1":"first""#)), difference: .repeatedParameter)
      all.check(search(Array(pairs(words)[..<19])), Answer(400), difference: .missingParameter)
      all.check(search(Array(pairs(words)[1...])), Answer(400), difference: .missingParameter)
    }
  }

  private func pairs(_ values: [String]) -> [(String, String)] {
    values.enumerated().map { ("p\($0 + 1)", $1) }
  }

  private func search(_ pairs: [(String, String)]) -> HTTPRequest {
    HTTPRequest("GET", "/search?" + encoded(pairs))
  }

  private func encoded(_ pairs: [(String, String)]) -> String {
    pairs.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
  }

  private func object(_ values: [String]) -> String {
    "{" + pairs(values).map { #""\#($0)":"\#($1)""# }.joined(separator: ",") + "}"
  }
}

/// Everything but letters and digits as `%XX`.
private func percentEncoded(_ text: String) -> String {
  let digits = Array("0123456789ABCDEF")
  return text.utf8.map { byte in
    let character = Character(UnicodeScalar(byte))
    guard byte > 0x7F || !(character.isLetter || character.isNumber) else { return String(character) }
    return "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
  }.joined()
}
