import Testing

@testable import Text

private let vectors = [
  ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
  ("foobar", "Zm9vYmFy"),
]

private let notBase64 = ["Zg", "Zg=", "Zh==", "Zm9=", "Z===", "Zm9v\n"]

@Suite struct Base64Tests {
  @Test("Base64 encodes and decodes the vectors of RFC 4648 section 10", arguments: vectors)
  func published(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
  }

  @Test("The last two digits are + and /")
  func alphabet() {
    #expect(Base64.encode([0xfb, 0xff, 0xfe]) == "+//+")
    #expect(Base64.decode("+//+") == [0xfb, 0xff, 0xfe])
  }

  @Test("What is not the one encoding of any bytes is refused", arguments: notBase64)
  func strict(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
