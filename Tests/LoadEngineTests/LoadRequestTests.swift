import BenchTesting
import Foundation
import Synchronization
import Testing

/// What `shootout load` really sends, as a server sees it.
@Suite struct LoadRequestTests {
  @Test(
    "A field that the engine sends too is sent once, as the user has it; others go as they are",
    arguments: [
      ([], ["host: 127.0.0.1:PORT"]),
      (["--header", "Host: b.example"], ["Host: b.example"]),
      (["--header", "HOST:"], ["HOST: "]),
      (["--header", "Accept: a", "--header", "accept:b"], ["host: 127.0.0.1:PORT", "Accept: a", "accept: b"]),
      (["--header", "X: a: é \t"], ["host: 127.0.0.1:PORT", "X: a: é"]),
      (["--header=X:"], ["host: 127.0.0.1:PORT", "X: "]),
      (
        ["--body", "EMPTY", "--header", "Content-Type: text/plain"],
        ["host: 127.0.0.1:PORT", "Content-Type: text/plain", "content-length: 0"]
      ),
      (
        ["--body", "EMPTY", "--header", "Expect: 100-continue"],
        ["host: 127.0.0.1:PORT", "Expect: 100-continue", "content-length: 0"]
      ),
      (["--header", "Authorization: Bearer x"], ["host: 127.0.0.1:PORT", "Authorization: Bearer x"]),
      (
        ["--header", "TE: trailers", "--header", "Connection: TE"],
        [
          "host: 127.0.0.1:PORT", "TE: trailers", "Connection: TE",
        ]
      ),
    ] as [([String], [String])])
  func fields(words: [String], expected: [String]) throws {
    let server = HeadServer()
    let run = try load(words, server.url())
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(
      server.heads.first?.dropFirst() == expected.map { $0.replacing("PORT", with: "\(server.port)") }[...])
  }

  @Test(
    "A method is any token, sent as it is given; only the usual ones may be in lower case",
    arguments: [
      ("GET", "GET"), ("post", "POST"), ("Delete", "DELETE"), ("M-SEARCH", "M-SEARCH"), ("purge", "purge"),
      ("X!#$%&'*+.^_`|~1", "X!#$%&'*+.^_`|~1"),
    ])
  func methods(given: String, sent: String) throws {
    let server = HeadServer()
    let run = try load(["--method", given], server.url("/a?b"))
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(server.heads.first?.first == "\(sent) /a?b HTTP/1.1")
  }

  @Test("The answer to HEAD has no body, whatever length it names", arguments: ["HEAD", "head"])
  func head(method: String) throws {
    let server = HeadServer { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" }
    let run = try load(["--method", method, "--expect-body", "EMPTY"], server.url())
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(server.heads.first?.first == "HEAD / HTTP/1.1")
  }

  @Test("User name and password go as Basic authentication, and into no output")
  func authentication() throws {
    let server = HeadServer()
    for extra in [[], ["--json", "-"], ["--expect-status", "201"]] {
      let run = try load(extra, server.url().replacing("http://", with: "HTTP://user:p%40ss@"))
      #expect(run.status == (extra.contains("201") ? 1 : 0), "\(run.errors)")
      for secret in ["p%40ss", "p@ss", "dXNlcjpwQHNz"] { #expect(!(run.output + run.errors).contains(secret)) }
    }
    #expect(server.heads.first?.contains("authorization: Basic dXNlcjpwQHNz") == true)
  }

  @Test("A URL where a command should be is named without its password")
  func noCommand() throws {
    let run = try ProgramRun(["http://user:secret@a.example/"])
    #expect(run.status == 3)
    #expect(run.errors.hasPrefix("shootout: unknown command 'http://***@a.example/'; known: "))
  }

  @Test("An Authorization of the user's own is sent instead of the one in the URL")
  func ownAuthorization() throws {
    let server = HeadServer()
    let words = ["--header", "authorization: Bearer x"]
    #expect(try load(words, server.url().replacing("http://", with: "http://user:pass@")).status == 0)
    let sent = server.heads.first?.filter { $0.lowercased().hasPrefix("authorization") }
    #expect(sent == ["authorization: Bearer x"])
  }

  @Test(
    "A connection that is to end after the response is opened again, and that is no error",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
      "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.0 200 OK\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ], [[], ["--threads", "2"], ["--rate", "200", "--rampup", "0s"]])
  func lastOnItsConnection(answer: String, words: [String]) throws {
    // It hangs up after each response: the first answer promises nothing of the kind, and only the request does.
    let server = ScriptedServer { peer in
      if peer.readHead() { peer.write(answer) }
    }
    let run = try load(
      ["--connections", "2", "--header", "Connection: close", "--json", "-"] + words,
      "http://127.0.0.1:\(server.endpoint.port)/")
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let (opened, requests) = try (
      #require(json["connections_opened"] as? Int), #require(json["requests"] as? Int)
    )
    #expect(requests > 0 && opened >= requests, "\(opened) connections for \(requests) requests")
  }

  @Test("Of a name it says which address it stands for, in the text and in the JSON")
  func address() throws {
    let server = HeadServer()
    let url = "http://localhost:\(server.port)/"
    let text = try load([], url)
    #expect(text.status == 0, "\(text.output)\(text.errors)")
    #expect(text.output.split(separator: "\n").prefix(2).last == "localhost is 127.0.0.1:\(server.port)")
    let json = try JSONSerialization.jsonObject(with: Data(try load(["--json", "-"], url).output.utf8))
    #expect((json as? [String: Any])?["address"] as? String == "127.0.0.1:\(server.port)")
    #expect(try !load(["--json", "-"], server.url()).output.contains("\"address\""))
    #expect(server.heads.first?.dropFirst().first == "host: localhost:\(server.port)")
  }

  @Test("A name that stands for nothing ends the load with one line, exit code 2")
  func noSuchName() throws {
    let run = try load([], "http://user:secret@no-such-name.invalid/")
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.split(separator: "\n").count == 1)
    #expect(run.errors.contains("cannot look up the host 'no-such-name.invalid'"))
    #expect(!run.errors.contains("secret"))
  }

  private func load(_ words: [String], _ url: String) throws -> ProgramRun {
    let empty = FileManager.default.temporaryDirectory.appending(path: "shootout-empty-\(UUID())").path
    #expect(FileManager.default.createFile(atPath: empty, contents: Data()))
    defer { try? FileManager.default.removeItem(atPath: empty) }
    return try ProgramRun(
      ["load", "--connections", "1", "--requests", "4"] + words.map { $0 == "EMPTY" ? empty : $0 } + [url])
  }
}

/// Keeps the lines of the heads that it has read, and answers each.
private final class HeadServer: Sendable {
  private let server: ScriptedServer
  private let seen: Seen

  private final class Seen: Sendable {
    let heads = Mutex<[[String]]>([])
  }

  init(answer: @escaping @Sendable () -> String = { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" }) {
    let seen = Seen()
    self.seen = seen
    server = ScriptedServer { peer in
      while let head = peer.headText() {
        let lines = head.split(separator: "\r\n").map(String.init)
        seen.heads.withLock { if $0.count < 10 { $0.append(lines) } }
        peer.write(answer())
      }
    }
  }

  var heads: [[String]] { seen.heads.withLock { $0 } }
  var port: UInt16 { server.endpoint.port }
  func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }
}
