import BenchTesting
import Foundation
import LoadEngine
import Synchronization
import Testing
import WireFormats

/// `shootout load --websocket`: what goes into the handshake, and what counts as the answer to a message.
@Suite struct LoadWebSocketTests {
  @Test(
    "A message is answered by itself, byte for byte, or by the data of its envelope as JSON",
    arguments: [
      // The default message, and both kinds of echo.
      Answer(nil, #"{"event":"echo","data":{"n":1}}"#, true),
      Answer(nil, #"{"n":1}"#, true), Answer(nil, #" { "n" : 1 } "#, true),
      Answer(nil, #"{"n":2}"#, false), Answer(nil, #"{"n": 1 1}"#, false),
      Answer(nil, #"{"event":"echo", "data":{"n":1}}"#, false), Answer(nil, "", false),
      Answer("a b", "a b", true), Answer("a b", "ab", false), Answer("a b", "a  b", false),
      Answer("a b", "a b ", false), Answer("a b", "A b", false), Answer("a b", "a ", false),
      Answer("", "", true), Answer("", " ", false), Answer(" ", " ", true), Answer(" ", "", false),
      Answer("é\n", "é\n", true), Answer("{", "{", true), Answer("{ ", "{", false),
      // JSON that is no envelope is a text like any other.
      Answer(#"{"a": 1}"#, #"{"a": 1}"#, true), Answer(#"{"a": 1}"#, #"{"a":1}"#, false),
      Answer("[1, 2]", "[1,2]", false), Answer("1 ", "1", false), Answer(#""a b""#, #""a b""#, true),
      Answer(#"{"event":"echo","data":1,"more":2}"#, "1", false),
      Answer(#"{"event":"echo","data":1,"data":2}"#, "2", false),
      Answer(#"{"event":"echo","data":hello}"#, "hello", false),
      Answer(#"{"event":"echo","data":hello}"#, #"{"event":"echo","data":hello}"#, true),
      Answer(#"{"data":1}"#, "1", false), Answer(#"{"event":"echo"}"#, "", false),
      // The data of an envelope, as it stands there.
      Answer(#"{"event":"echo","data":"a b"}"#, #""a b""#, true),
      Answer(#"{"event":"echo","data":"a b"}"#, #""ab""#, false),
      Answer(#"{"event":"echo","data":"a b"}"#, "a b", false),
      Answer(#"{ "data" : {"b": 1, "a": 2.50} , "event" : "x" }"#, #"{"b":1,"a":2.50}"#, true),
      Answer(#"{ "data" : {"b": 1, "a": 2.50} , "event" : "x" }"#, #"{"a":2.50,"b":1}"#, false),
      Answer(#"{"event":{"data":2},"data":[{"event":",}"},"\"]"]}"#, #"[{"event":",}"},"\"]"]"#, true),
      Answer(#"{"event":"echo","data":null}"#, "null", true),
    ])
  func answers(_ answer: Answer) throws {
    let server = EchoServer { _ in Array(answer.answer.utf8) }
    let run = try server.load(answer.message.map { ["--message", $0] } ?? [])
    #expect(run.status == (answer.isRight ? 0 : 1), "\(run.output)\(run.errors)")
    if !answer.isRight { #expect(run.output.contains("verification: "), "\(run.output)") }
  }

  @Test("A plain echo server answers the default message and any other")
  func plainEcho() throws {
    let server = EchoServer { $0 }
    for words in [[], ["--message", "a b", "--message", #"{"event":"x","data":" "}"#], ["--threads", "2"]] {
      let run = try server.load(words)
      #expect(run.status == 0, "\(run.output)\(run.errors)")
    }
  }

  @Test("The file of --expect-body is the answer to every message, byte for byte")
  func expectedAnswer() throws {
    let server = EchoServer { _ in Array("p o\n".utf8) }
    func run(_ contents: String) throws -> Int32 {
      let path = FileManager.default.temporaryDirectory.appending(path: "shootout-answer-\(UUID())").path
      #expect(FileManager.default.createFile(atPath: path, contents: Data(contents.utf8)))
      defer { try? FileManager.default.removeItem(atPath: path) }
      return try server.load(["--message", "a", "--message", "b", "--expect-body", path]).status
    }
    #expect(try run("p o\n") == 0)
    for other in ["po\n", "p o", "a", ""] { #expect(try run(other) == 1) }
  }

  @Test("Headers go into the handshake, the user's Host instead of ours, and the password of the URL with them")
  func handshake() throws {
    let server = EchoServer { $0 }
    let words = ["Host: b.example", "Origin: http://a.example", "Cookie: a=b", "Cookie: c=d"]
    let run = try server.load(words.flatMap { ["--header", $0] }, userInfo: "user:p%40ss@")
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(!(run.output + run.errors).contains("p%40ss"))
    let lines = try #require(server.handshakes.first)
    for line in words + ["authorization: Basic dXNlcjpwQHNz"] {
      #expect(lines.count { $0.lowercased() == line.lowercased() } == 1, "\(line) in \(lines)")
    }
    for name in ["host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "authorization"] {
      #expect(lines.count { $0.lowercased().hasPrefix("\(name):") } == 1, "\(name) in \(lines)")
    }
  }

  @Test(
    "A subprotocol that was offered may be chosen, another one may not",
    arguments: [("", 0), ("Sec-WebSocket-Protocol: superchat\r\n", 0), ("Sec-WebSocket-Protocol: news\r\n", 1)])
  func subprotocol(chosen: String, status: Int32) throws {
    let server = EchoServer(fields: chosen) { $0 }
    let run = try server.load(["--header", "Sec-WebSocket-Protocol: chat, superchat"])
    #expect(run.status == status, "\(run.output)\(run.errors)")
    #expect(server.handshakes.first?.contains("Sec-WebSocket-Protocol: chat, superchat") == true)
    if status != 0 { #expect(run.output.contains("a subprotocol that was not offered: news"), "\(run.output)") }
  }

  @Test("A handshake that is refused is an error of the status")
  func refused() throws {
    let server = ScriptedServer { peer in
      if peer.readHead() { peer.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n") }
    }
    let url = "http://127.0.0.1:\(server.endpoint.port)/"
    let run = try ProgramRun(["load", "--connections", "1", "--duration", "100ms", "--websocket", url])
    #expect(run.status == 1)
    #expect(run.output.contains("answered with status 401 instead of 101"), "\(run.output)")
  }

  struct Answer: Sendable, CustomTestStringConvertible {
    var message: String?
    var answer: String
    var isRight: Bool
    var testDescription: String { "\(message ?? "(default)") answered by \(answer)" }

    init(_ message: String?, _ answer: String, _ isRight: Bool) {
      self.message = message
      self.answer = answer
      self.isRight = isRight
    }
  }
}

/// Answers each text message with what its script makes of it.
private final class EchoServer: Sendable {
  private let server: ScriptedServer
  private let seen: Seen

  private final class Seen: Sendable {
    let handshakes = Mutex<[[String]]>([])
  }

  init(fields: String = "", _ script: @escaping @Sendable ([UInt8]) -> [UInt8]) {
    let seen = Seen()
    self.seen = seen
    server = ScriptedServer { peer in
      guard let head = peer.headText() else { return }
      let lines = head.split(separator: "\r\n").map(String.init)
      seen.handshakes.withLock { $0.append(lines) }
      guard let key = lines.first(where: { $0.hasPrefix("Sec-WebSocket-Key: ") })?.split(separator: " ").last else {
        return
      }
      peer.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(fields)"
          + "Sec-WebSocket-Accept: \(WebSocketHandshake.accept(for: String(key)))\r\n\r\n")
      while let (opcode, payload) = peer.readFrame() {
        peer.write(frame: 0x80 | opcode, opcode == 1 ? script(payload) : payload)
      }
    }
  }

  var handshakes: [[String]] { seen.handshakes.withLock { $0 } }

  func load(_ words: [String], userInfo: String = "") throws -> ProgramRun {
    let url = "http://\(userInfo)127.0.0.1:\(server.endpoint.port)/ws"
    return try ProgramRun(
      ["load", "--connections", "2", "--requests", "4", "--timeout", "2s", "--websocket"] + words + [url])
  }
}
