import Testing
import WireFormats

@testable import LoadEngine

@Suite struct RequestHeadTests {
  @Test("A request has one host field, the endpoint's or its own")
  func host() {
    #expect(
      head(HTTPRequest("GET", "/ping", fields: [HTTPField("Accept", "a"), HTTPField("Accept", "b")]))
        == "GET /ping HTTP/1.1\r\nhost: a.example:81\r\nAccept: a\r\nAccept: b\r\n\r\n")
    #expect(
      head(HTTPRequest("GET", "/", fields: [HTTPField("X", "é"), HTTPField("HOST", "b.example")]))
        == "GET / HTTP/1.1\r\nHOST: b.example\r\nX: é\r\n\r\n")
    #expect(
      head(HTTPRequest("PUT", "/", fields: [HTTPField("Host", "")], body: .bytes([1, 2])))
        == "PUT / HTTP/1.1\r\nHost: \r\ncontent-length: 2\r\n\r\n")
  }

  @Test(
    "A request may say that it is the last one on its connection",
    arguments: [
      ([], false), ([("Connection", "keep-alive")], false), ([("connection", "close")], true),
      ([("CONNECTION", "TE , Close")], true), ([("Connection", "x"), ("Connection", "close")], true),
      ([("X-Connection", "close")], false), ([("Connection", "closed")], false),
    ])
  func last(fields: [(String, String)], isLast: Bool) {
    let request = HTTPRequest("GET", "/", fields: fields.map { HTTPField($0.0, $0.1) })
    #expect(request.endsConnection == isLast)
  }

  @Test(
    "A field is a name, a colon and a value",
    arguments: [
      ("X: b", "X", "b"), ("X:b", "X", "b"), ("X:", "X", ""), ("X: \t ", "X", ""), ("X: a: b ", "X", "a: b"),
      ("X:a\tb", "X", "a\tb"), ("x-Y_z.1!#$%&'*+^`|~: 1", "x-Y_z.1!#$%&'*+^`|~", "1"), ("X: é\u{A0}", "X", "é\u{A0}"),
    ])
  func field(text: String, name: String, value: String) throws {
    #expect(try HTTPField(parsing: text) == HTTPField(name, value))
  }

  @Test(
    "What would be no field on the wire is refused",
    arguments: [
      ("", .noColon("")), ("X", .noColon("X")), ("X b", .noColon("X b")), (": b", .name("")),
      ("X Y: b", .name("X Y")), ("X : b", .name("X ")), (" X: b", .name(" X")), ("é: b", .name("é")),
      ("(X): b", .name("(X)")), ("\"X\": b", .name("\"X\"")), ("X\n: b", .name(#"X\n"#)),
      ("X: a\r\nY: b", .value(of: "X")), ("X: a\nb", .value(of: "X")), ("X: a\rb", .value(of: "X")),
      ("X: a\u{0}b", .value(of: "X")), ("X: a\u{7F}b", .value(of: "X")),
    ] as [(String, HTTPFieldError)])
  func noField(text: String, error: HTTPFieldError) {
    #expect(throws: error) { try HTTPField(parsing: text) }
    #expect("\(error)".contains("name: value"))
    #expect("\(error)".allSatisfy { !$0.isNewline })
  }

  @Test("The members of a list are taken apart")
  func members() {
    #expect(HTTPField("a", "x, y ,,\tz ").members == ["x", "y", "z"])
    #expect(HTTPField("a", " , ").members.isEmpty)
  }

  private func head(_ request: HTTPRequest) -> String {
    String(decoding: request.head(to: Endpoint(host: "a.example", port: 81)), as: UTF8.self)
  }
}
