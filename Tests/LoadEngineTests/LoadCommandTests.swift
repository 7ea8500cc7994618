import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Testing

/// `shootout load` as a person or a script meets it: the program itself, its output and its exit code.
@Suite struct LoadCommandTests {
  @Test(
    "A mistake gets one line that says what is wrong and what would be right, and exit code 3",
    arguments: mistakes + mistakesInTheHead)
  func mistake(_ mistake: Mistake) throws {
    let run = try ProgramRun(["load"] + mistake.words)
    #expect(run.status == 3)
    #expect(run.output.isEmpty)
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    for part in mistake.says { #expect(run.errors.contains(part), "\(run.errors)") }
  }

  @Test("The summary of a good load fits one screen")
  func summary() throws {
    let server = hello()
    let run = try ProgramRun(["load", "--connections", "2", "--duration", "300ms", url(server)])
    #expect(run.status == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 24)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(run.output)")
    for word in ["verified", "latency", "p50", "p99.9", "first byte", "connect", "generator", "errors       none"] {
      #expect(run.output.contains(word), "\(word) in\n\(run.output)")
    }
    #expect(run.errors.isEmpty, "no live line where nobody looks at a terminal")
  }

  @Test("The JSON holds what scripts were promised")
  func json() throws {
    let server = hello()
    let run = try ProgramRun(["load", "--connections", "2", "--duration", "300ms", "--json", "-", url(server)])
    #expect(run.status == 0, "\(run.errors)")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(try #require(json["requests"] as? Int) > 0)
    #expect((json["errors"] as? [String: Int])?.isEmpty == true)
    #expect(try #require(json["duration_s"] as? Double) >= 0.29)
    #expect(try #require(json["requests_per_second"] as? Double) > 0)
    #expect(try #require(json["bytes_sent"] as? Int) > 0)
    #expect(try #require(json["bytes_received"] as? Int) > 0)
    #expect(json["connections"] as? Int == 2)
    let latency = try #require(json["latency_us"] as? [String: Double])
    #expect(Set(latency.keys) == ["p50", "p90", "p95", "p99", "p999", "max", "mean"])
    #expect(Set(try #require(json["cpu_seconds"] as? [String: Double]).keys) == ["user", "system"])
  }

  @Test("The chunks of a body are timed, unless it is asked not to")
  func chunkTimes() throws {
    let server = ScriptedServer { peer in
      while peer.readHead() {
        peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
      }
    }
    let path = FileManager.default.temporaryDirectory.appending(path: "shootout-hello-\(UUID())").path
    #expect(FileManager.default.createFile(atPath: path, contents: Data("hello".utf8)))
    defer { try? FileManager.default.removeItem(atPath: path) }
    func keys(_ words: [String]) throws -> Set<String> {
      let run = try ProgramRun(
        ["load", "--connections", "1", "--duration", "200ms", "--expect-body", path, "--json", "-"] + words + [
          url(server)
        ])
      #expect(run.status == 0, "\(run.errors)")
      return Set(try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]).keys)
    }
    #expect(try keys([]).isSuperset(of: ["gap_us", "first_unit_us"]))
    #expect(try keys(["--no-chunk-times"]).isDisjoint(with: ["gap_us", "first_unit_us"]))
  }

  @Test("Errors are told by kind, and make the exit code 1")
  func errors() throws {
    let server = hello()
    let run = try ProgramRun([
      "load", "--connections", "1", "--duration", "100ms", "--expect-status", "201", url(server),
    ])
    #expect(run.status == 1)
    #expect(run.output.contains("status: "), "\(run.output)")
    #expect(run.output.contains("status 200, expected 201"), "\(run.output)")
  }

  @Test("Ctrl-C ends the load, shows what was measured until then, and makes the exit code 130")
  func interrupted() throws {
    let counter = RequestCounter()
    let server = slow(0, counting: counter)
    let began = Instant.now()
    let run = try ProgramRun(["load", "--connections", "1", "--duration", "1h", "--json", "-", url(server)]) {
      process in
      counter.wait(for: 50)
      kill(process, SIGINT)
    }
    #expect(run.status == 130)
    #expect(Instant.now().nanoseconds(since: began) < 60_000_000_000)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(json["cancelled"] as? Bool == true)
    #expect(try #require(json["requests"] as? Int) > 0)
  }

  @Test("An open loop says how well it kept to its schedule")
  func openLoop() throws {
    let server = hello()
    let run = try ProgramRun([
      "load", "--connections", "2", "--duration", "300ms", "--rate", "100", "--poisson", url(server),
    ])
    #expect(run.status == 0, "\(run.errors)")
    for word in ["from send", "lag", "backlog"] { #expect(run.output.contains(word), "\(run.output)") }
  }

  @Test("Help shows every option that is known, and examples")
  func help() throws {
    let help = try ProgramRun(["load", "--help"])
    #expect(help.status == 0)
    let unknown = try ProgramRun(["load", "--no-such-option", "http://127.0.0.1:1/"]).errors
    let options = unknown.matches(of: /--[a-z-]+/).map { String($0.0) }.filter { $0 != "--no-such-option" }
    #expect(options.count > 15)
    for option in options { #expect(help.output.contains(option), "\(option) is not in the help") }
    #expect(help.output.contains("examples:"))
    #expect(try ProgramRun(["help", "load"]).output == help.output)
    #expect(try ProgramRun(["help"]).output.contains("bench-engine"))
    #expect(try ProgramRun(["nonsense"]).status == 3)
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    var words: [String]
    var says: [String]
    var testDescription: String { words.joined(separator: " ") }

    init(_ words: String, says: String...) {
      self.words = words.split(separator: " ").map(String.init)
      self.says = says
    }

    init(header: String, _ words: String = "", says: String...) {
      self.words = ["--header", header] + words.split(separator: " ").map(String.init) + ["http://127.0.0.1:1/"]
      self.says = says
    }
  }

  private static let mistakes = [
    Mistake("", says: "takes one URL", "http://127.0.0.1:8000/ping"),
    Mistake("http://127.0.0.1:1/ http://127.0.0.1:2/", says: "takes one URL", "given 2"),
    Mistake("127.0.0.1:1/ping", says: "http://"),
    Mistake("https://127.0.0.1:1/ping", says: "https"),
    Mistake("--conections 5 http://127.0.0.1:1/", says: "--conections", "known: --connections"),
    Mistake("http://127.0.0.1:1/ --connections", says: "--connections needs a value"),
    Mistake("--connections many http://127.0.0.1:1/", says: "--connections 'many'", "--connections 50"),
    Mistake("--duration 5parsecs http://127.0.0.1:1/", says: "--duration '5parsecs'", "10s, 500ms or 2m"),
    Mistake("--rate 0 http://127.0.0.1:1/", says: "--rate '0'", "--rate 1000"),
    Mistake("--header nonsense http://127.0.0.1:1/", says: "--header 'nonsense'", "name: value"),
    Mistake("--body /no/such/file http://127.0.0.1:1/", says: "--body", "/no/such/file"),
    Mistake("--upload /etc/hostname http://127.0.0.1:1/", says: "FIELD=FILE"),
    Mistake("--upload file=/no/such/file http://127.0.0.1:1/", says: "/no/such/file"),
    Mistake("--method G,T http://127.0.0.1:1/", says: "--method 'G,T'", "GET, POST"),
    Mistake("--message hello http://127.0.0.1:1/", says: "--message goes with --websocket"),
    Mistake("--expect-body /no/such/file http://127.0.0.1:1/", says: "--expect-body", "/no/such/file"),
    Mistake("--poisson http://127.0.0.1:1/", says: "--poisson goes with --rate"),
    Mistake("--threads 9 --connections 2 http://127.0.0.1:1/", says: "threads is 9", "number of connections"),
    Mistake("--strict-rate http://127.0.0.1:1/", says: "--strict-rate goes with --rate"),
    Mistake("--requests 0 http://127.0.0.1:1/", says: "requests is 0", "1 and above"),
    Mistake("--requests many http://127.0.0.1:1/", says: "--requests 'many'"),
    Mistake("--max-error-rate 2 http://127.0.0.1:1/", says: "--max-error-rate '2'", "1% or 0.01"),
    Mistake("--max-p99 fast http://127.0.0.1:1/", says: "--max-p99 'fast'", "500ms"),
    Mistake("--upload a=/etc/hosts --upload b=/etc/hosts http://127.0.0.1:1/", says: "--upload is given 2 times"),
    Mistake("--expect-status 2xx http://127.0.0.1:1/", says: "--expect-status '2xx'", "--expect-status 200"),
    Mistake("--max-p99 20 http://127.0.0.1:1/", says: "--max-p99 '20' has no unit", "20ms"),
    Mistake("--rate 0.0000000000001 http://127.0.0.1:1/", says: "rate is 1e-13", "0.001"),
    Mistake("--rate 5e-324 --poisson http://127.0.0.1:1/", says: "rate is 5e-324", "0.001"),
    Mistake("--json x --progress-json x http://127.0.0.1:1/", says: "--json and --progress-json both name 'x'"),
    Mistake("--min-rate 0 http://127.0.0.1:1/", says: "--min-rate '0'"),
    Mistake("--connections 0 http://127.0.0.1:1/", says: "connections is 0", "1 to"),
  ]

  private static let mistakesInTheHead = [
    Mistake("http://127.0.0.1:+80/", says: "port", "1 to 65535"),
    Mistake("http://user:secret@127.0.0.1:x/", says: "'http://***@127.0.0.1:x/'"),
    Mistake("http://::1/", says: "in brackets"),
    Mistake("--method CONNECT http://127.0.0.1:1/", says: "CONNECT", "GET, POST"),
    Mistake("--method trace --upload f=/etc/passwd http://127.0.0.1:1/", says: "TRACE", "POST"),
    Mistake("--method= http://127.0.0.1:1/", says: "--method ''", "GET, POST"),
    Mistake("--method HEAD --expect-body /etc/passwd http://127.0.0.1:1/", says: "--expect-body", "HEAD"),
    Mistake("--expect-status 204 --expect-body /etc/passwd http://127.0.0.1:1/", says: "--expect-body", "204"),
    Mistake("--expect-status 100 http://127.0.0.1:1/", says: "--expect-status 100", "200 to 599"),
    Mistake(header: "X", says: "--header 'X'", "name: value"),
    Mistake(header: "X Y: b", says: "--header 'X Y: …'", "name: value"),
    Mistake(header: "X : b", says: "--header 'X : …'", "name: value"),
    Mistake(header: ": b", says: "--header ': …'", "name: value"),
    Mistake(header: "X: a\r\nY: b", says: "--header 'X: …'", "control character"),
    Mistake(header: "X\nY: b", says: #"--header 'X\nY: …'"#, "name: value"),
    Mistake(header: "Host: a", "--header Host:b", says: "'host'", "more than once"),
    Mistake(header: "content-length: 5", says: "'content-length' is refused", "leave it out"),
    Mistake(header: "Content-Length: 0", "--body /dev/null", says: "'Content-Length' is refused"),
    Mistake(header: "Transfer-Encoding: chunked", says: "'Transfer-Encoding' is refused"),
    Mistake(header: "Trailer: X", says: "'Trailer' is refused"),
    Mistake(header: "TE: gzip", says: "'TE' is refused", "TE: trailers"),
    Mistake(header: "Upgrade: h2c", says: "'Upgrade' is refused", "--websocket"),
    Mistake(header: "Connection: close, Upgrade", says: "'Connection' is refused", "--websocket"),
    Mistake(header: "Expect: 100-continue", says: "'Expect' is refused", "--body"),
    Mistake(
      header: "Content-Type: a/b", "--upload f=/etc/passwd", says: "'Content-Type' is refused", "--upload sends"),
    Mistake("--websocket --method GET http://127.0.0.1:1/", says: "--method makes no sense with --websocket"),
    Mistake("--websocket --body /dev/null http://127.0.0.1:1/", says: "--body makes no sense with --websocket"),
    Mistake("--websocket --upload f=/dev/null http://127.0.0.1:1/", says: "--upload makes no sense with --websocket"),
    Mistake("--websocket --expect-status 101 http://127.0.0.1:1/", says: "--expect-status makes no sense"),
    Mistake("--websocket --no-chunk-times http://127.0.0.1:1/", says: "--no-chunk-times makes no sense"),
    Mistake("--websocket --expect-body /no/such/file http://127.0.0.1:1/", says: "--expect-body", "/no/such/file"),
    Mistake(header: "Connection: close", "--websocket", says: "'Connection' is refused", "leave it out"),
    Mistake(header: "Upgrade: websocket", "--websocket", says: "'Upgrade' is refused"),
    Mistake(header: "Sec-WebSocket-Key: x", "--websocket", says: "'Sec-WebSocket-Key' is refused"),
    Mistake(header: "sec-websocket-version: 8", "--websocket", says: "'sec-websocket-version' is refused"),
    Mistake(header: "Sec-WebSocket-Extensions: x", "--websocket", says: "'Sec-WebSocket-Extensions' is refused"),
    Mistake(header: "Sec-WebSocket-Protocol: a, a", "--websocket", says: "'Sec-WebSocket-Protocol' is refused"),
    Mistake(header: "Sec-WebSocket-Protocol:", "--websocket", says: "'Sec-WebSocket-Protocol' is refused"),
    Mistake(header: "Content-Length: 0", "--websocket", says: "'Content-Length' is refused"),
  ]

  private func hello() -> ScriptedServer {
    ScriptedServer { peer in
      while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") }
    }
  }

  private func url(_ server: ScriptedServer) -> String {
    "http://\(server.endpoint.host):\(server.endpoint.port)/"
  }
}
