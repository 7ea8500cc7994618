import Testing
import WireFormats

@Suite struct HTTPURLTests {
  @Test(
    "A URL is taken apart into host, port and target",
    arguments: [
      ("http://127.0.0.1:8000/ping", "127.0.0.1", 8000, "/ping"),
      ("http://a.example", "a.example", 80, "/"),
      ("HTTP://a.example/A", "a.example", 80, "/A"),
      ("hTTp://LOCALHOST:1/", "LOCALHOST", 1, "/"),
      ("http://a.example:/x", "a.example", 80, "/x"),
      ("http://a.example:", "a.example", 80, "/"),
      ("http://a.example:080/", "a.example", 80, "/"),
      ("http://a.example:65535/", "a.example", 65535, "/"),
      ("http://a.example?x=1", "a.example", 80, "/?x=1"),
      ("http://a.example#part", "a.example", 80, "/"),
      ("http://a.example/a?b=/c?d#é f", "a.example", 80, "/a?b=/c?d"),
      ("http://a.example/@me", "a.example", 80, "/@me"),
      ("http://a.example/x:y", "a.example", 80, "/x:y"),
      ("http://under_score.example:81", "under_score.example", 81, "/"),
      ("http://[::1]:8000/ping", "::1", 8000, "/ping"),
      ("http://[::1]", "::1", 80, "/"),
      ("http://[::ffff:127.0.0.1]:/", "::ffff:127.0.0.1", 80, "/"),
      ("http://[fe80::1%25lo]:8000/", "fe80::1%lo", 8000, "/"),
      ("http://[fe80::1%lo]/", "fe80::1%lo", 80, "/"),
      ("http://user:secret@a.example:81/x", "a.example", 81, "/x"),
    ])
  func parts(text: String, host: String, port: UInt16, target: String) throws {
    let url = try HTTPURL(text)
    #expect(url.endpoint == Endpoint(host: host, port: port))
    #expect(url.target == target)
  }

  @Test(
    "The host field has no default port and no zone, and what stands in a URL has both",
    arguments: [
      (Endpoint(host: "a.example", port: 80), "a.example", "a.example:80"),
      (Endpoint(host: "a.example", port: 8000), "a.example:8000", "a.example:8000"),
      (Endpoint(host: "::1", port: 8000), "[::1]:8000", "[::1]:8000"),
      (Endpoint(host: "fe80::1%lo", port: 80), "[fe80::1]", "[fe80::1%25lo]:80"),
    ])
  func hostField(endpoint: Endpoint, field: String, authority: String) throws {
    #expect(endpoint.hostField == field)
    #expect(endpoint.authority == authority)
    #expect(try HTTPURL("http://\(authority)/").endpoint == endpoint)
  }

  @Test(
    "User name and password go as Basic authentication",
    arguments: [
      ("http://a.example/", nil),
      ("http://Aladdin:open%20sesame@a.example/", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
      ("http://user:password@a.example/", "dXNlcjpwYXNzd29yZA=="),
      ("http://user@a.example/", "dXNlcjo="),
      ("http://user:@a.example/", "dXNlcjo="),
      ("http://:p@a.example/", "OnA="),
      ("http://@a.example/", "Og=="),
      ("http://u:p:q@a.example/", "dTpwOnE="),
      ("http://u:p%40q@a.example/", "dTpwQHE="),
      ("http://u:p@q@a.example/", "dTpwQHE="),
      ("http://us%2Fer:p%3fq@a.example/", "dXMvZXI6cD9x"),
      ("http://test:123%C2%A3@a.example/", "dGVzdDoxMjPCow=="),
      ("http://test:123£@a.example/", "dGVzdDoxMjPCow=="),
    ])
  func authentication(text: String, credentials: String?) throws {
    let url = try HTTPURL(text)
    #expect(url.authorization == credentials.map { HTTPField("authorization", "Basic " + $0) })
    #expect(url.endpoint.host == "a.example")
  }

  @Test("What is shown of a URL is what was written, without the user name and the password")
  func shown() throws {
    #expect("\(try HTTPURL("http://127.0.0.1:8000/ping?x=1"))" == "http://127.0.0.1:8000/ping?x=1")
    #expect("\(try HTTPURL("HTTP://user:secret@a.example:81/@me#x"))" == "http://***@a.example:81/@me#x")
    #expect("\(try HTTPURL("http://secret@a.example"))" == "http://***@a.example")
  }

  @Test(
    "What is no URL to load is refused for what is wrong with it",
    arguments: [
      ("", "takes http://"), ("a.example/ping", "takes http://"), ("https://a.example/", "takes http://"),
      ("http:/a.example/", "takes http://"), (" http://a.example/", "takes http://"),
      ("http://", "names no host"), ("http:///x", "names no host"), ("http://:80/", "names no host"),
      ("http://user:secret@/", "names no host"), ("http://?x", "names no host"),
      ("http://a.example:0/", "port"), ("http://a.example:65536/", "port"), ("http://a.example:+80/", "port"),
      ("http://a.example:-80/", "port"), ("http://a.example: 80/", "port"), ("http://a.example:80x/", "port"),
      ("http://a.example:0x50/", "port"), ("http://a.example:８０/", "port"), ("http://[::1]:+80/", "port"),
      ("http://::1/", "in brackets"), ("http://a:b:80/", "in brackets"), ("http://[::1/", "in brackets"),
      ("http://[::1]8000/", "in brackets"), ("http://[]/", "in brackets"), ("http://[a.example]/", "in brackets"),
      ("http://[127.0.0.1]/", "in brackets"), ("http://[fe80::1%]/", "in brackets"),
      ("http://[fe80::1%25a/b]/", "in brackets"), ("http://[v1.x]/", "in brackets"),
      ("http://a b/", "ASCII"), ("http://bücher.example/", "xn--"), ("http://a%41/", "ASCII"),
      ("http://a\u{0}b/", "ASCII"), ("http://a\r\nX: y/", "ASCII"), ("http://a<b>/", "ASCII"),
      ("http://a.example/a b", "percent-encode"), ("http://a.example/é", "percent-encode"),
      ("http://a.example/\n", "percent-encode"), ("http://a.example/?\u{7F}", "percent-encode"),
      ("http://u:p%@a.example/", "%25"), ("http://u:p%4@a.example/", "%25"), ("http://u:p%zz@a.example/", "%25"),
      ("http://u:p q@a.example/", "%20"), ("http://u%0A:p@a.example/", "control character"),
      ("http://u:p%00@a.example/", "control character"), ("http://u%3Av:p@a.example/", "':' within the name"),
    ])
  func refused(text: String, says: String) {
    let error = #expect(throws: EndpointError.self) { try HTTPURL(text) }
    #expect("\(error as Any)".contains(says), "\(error as Any)")
    #expect("\(error as Any)".allSatisfy { !$0.isNewline })
  }

  @Test(
    "No message about a URL repeats a password",
    arguments: [
      "http://user:secret@a.example:x/", "http://user:secret@/", "https://user:secret@a.example/",
      "user:secret@a.example/", "http://user:sec/secret@a.example/", "http://user:sec?secret@a.example/",
      "http://user:sec#secret@a.example/", "http://user:secret%@a.example/", "http://user:secret @a.example/",
      "http://user:secret@bücher.example/", "http://user:secret@a.example/é", "http://secret@a.example:0/",
      "http://user:x@secret@a.example:0/", "user:secret://x@a.example", "http:/user:secret@a.example/",
      "http://user:secret@a.example/?u=http://b c",
    ])
  func secrecy(text: String) {
    let error = #expect(throws: EndpointError.self) { try HTTPURL(text) }
    #expect(!"\(error as Any)".contains("secret"), "\(error as Any)")
    #expect("\(error as Any)".contains("***@"), "\(error as Any)")
  }

  @Test("Where no authentication can be sent, a user name is refused, and not printed")
  func unused() throws {
    #expect(try Endpoint.parse(url: "http://a.example:81/x").endpoint == Endpoint(host: "a.example", port: 81))
    let error = #expect(throws: EndpointError.self) { try Endpoint.parse(url: "http://user:secret@a.example/") }
    #expect(error == .userInfoUnused("http://***@a.example/"))
  }
}
