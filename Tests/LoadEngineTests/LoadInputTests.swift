import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Stack
import Testing

/// What `shootout load` reads: bodies and expectations from files, pipes and the standard input.
@Suite struct LoadInputTests {
  private let folder = Folder()

  /// A load in a shell; `$load` is the command without its options, `$url` a server that answers every body with itself.
  private func shell(_ script: String, _ server: ScriptedServer = LoadInputTests.echo()) throws -> ProgramRun {
    let program = CommandLineProgram.path(try Checkout.find())
    return try ProgramRun(
      ["-c", script], program: "/bin/bash",
      environment: [
        "load": "\(program) load --connections 1 --requests 4",
        "url": "http://\(server.endpoint.host):\(server.endpoint.port)/",
      ], directory: folder.path)
  }

  private static func echo(_ seen: @escaping @Sendable (String) -> Void = { _ in }) -> ScriptedServer {
    ScriptedServer { peer in
      while let head = peer.headText() {
        let field = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length: ") }
        let length = field.flatMap { Int($0.dropFirst(16)) } ?? 0
        var body = [UInt8](repeating: 0, count: length)
        guard length == 0 || recv(peer.descriptor, &body, length, Int32(MSG_WAITALL)) == length else { return }
        seen(head + String(decoding: body, as: UTF8.self))
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n")
        peer.write(bytes: body)
      }
    }
  }

  @Test(
    "A body comes from the standard input, a pipe or a file, and so does what is expected",
    arguments: [
      "echo hello | $load --body - --expect-body file $url", "$load --body - --expect-body file $url < file",
      "$load --body=- --expect-body file $url < file", "$load --body /dev/stdin --expect-body file $url < file",
      "$load --body <(echo hello) --expect-body <(echo hello) $url",
      "echo hello | $load --body file --expect-body - $url",
      "echo hello | $load --body file --expect-body /dev/stdin $url",
      "mkfifo pipe; echo hello > pipe & $load --body pipe --expect-body file $url",
      "(printf he; sleep 0.2; echo llo) | $load --body - --expect-body file $url",
    ])
  func bodies(script: String) throws {
    let run = try shell("echo hello > file; \(script)")
    #expect(run.status == 0, "\(run.errors)\(run.output)")
  }

  @Test("A standard input that is empty is an empty body, which is still sent as one")
  func emptyBody() throws {
    let requests = Requests()
    let run = try shell("$load --body - $url < /dev/null", LoadInputTests.echo(requests.add))
    #expect(run.status == 0, "\(run.errors)\(run.output)")
    let first = try #require(requests.first)
    #expect(first.hasPrefix("POST / HTTP/1.1\r\n"), "\(first)")
    #expect(first.lowercased().contains("content-length: 0\r\n"), "\(first)")
  }

  @Test(
    "An upload comes from a file, a pipe or the standard input",
    arguments: [
      ("$load --upload f=file $url", "file"), ("echo hello | $load --upload f=- $url", "file"),
      ("mkfifo pipe; echo hello > pipe & $load --upload f=pipe $url", "pipe"),
      ("$load --upload f=/dev/stdin $url < file", "stdin"), ("$load --upload f=- $url < file", "file"),
    ])
  func uploads(script: String, name: String) throws {
    let requests = Requests()
    let run = try shell("echo hello > file; \(script)", LoadInputTests.echo(requests.add))
    #expect(run.status == 0, "\(run.errors)\(run.output)")
    let first = try #require(requests.first)
    #expect(first.contains(#"name="f"; filename="\#(name)""#), "\(first)")
    #expect(first.contains("\r\n\r\nhello\n\r\n--"), "\(first)")
  }

  @Test("Quotation marks and line breaks in the names of an upload are escaped, and nothing else is")
  func uploadNames() throws {
    let requests = Requests()
    let run = try shell(
      #"printf hello > $'a"b\r\nc;%ä\\'; $load --upload $'f"\n\r\u00e4%=a"b'$'\r\nc;%ä\\' $url"#,
      LoadInputTests.echo(requests.add))
    #expect(run.status == 0, "\(run.errors)\(run.output)")
    let first = try #require(requests.first)
    #expect(first.contains(#"name="f%22%0A%0Dä%"; filename="a%22b%0D%0Ac;%ä\""# + "\r\n"), "\(first)")
  }

  @Test(
    "What cannot be read gets one line and exit code 3",
    arguments: [
      ("--body no", "--body: 'no'", "No such file"), ("--expect-body no", "--expect-body: 'no'", "No such file"),
      ("--upload f=no", "--upload: 'no' cannot be read", "No such file"), ("--body .", "--body: '.'", "Is a directory"),
      ("--expect-body .", "--expect-body: '.'", "Is a directory"),
      ("--upload f=.", "--upload: '.' cannot be read", "Is a directory"),
      ("--body - <&-", "--body: the standard input", "Bad file descriptor"),
      ("--body /dev/zero", "--body: '/dev/zero'", "larger than 1 GiB"),
      ("--body - --expect-body -", "--body and --expect-body", "right would be"),
      ("--body - --expect-body /dev/stdin", "--body and --expect-body", "right would be"),
      ("--upload f=- --expect-body -", "--upload and --expect-body", "right would be"),
    ])
  func unreadable(words: String, what: String, reason: String) throws {
    let run = try shell("$load $url \(words)")
    #expect(run.status == 3)
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    #expect(run.errors.contains(what) && run.errors.contains(reason), "\(run.errors)")
  }

  @Test(
    "A status that no answer can have is bad usage",
    arguments: ["0", "7", "99", "100", "101", "199", "600", "999", "99999999999999999999", "-1", "2xx", ""])
  func status(text: String) throws {
    let run = try ProgramRun(["load", "--expect-status", text, "http://127.0.0.1:1/"])
    #expect(run.status == 3)
    #expect(run.errors.split(separator: "\n").count == 1 && run.errors.contains("--expect-status"), "\(run.errors)")
  }

  @Test(
    "A duration is digits and a unit; what looks like another notation is bad usage",
    arguments: [
      "1e3", "inf", "infs", "nan", "+5s", "-5s", "5 s", " 5s", "", "s", ".", "0x10", "1,5s", "1.2.3s", "5S", "25h",
      "1m30s",
    ])
  func durations(text: String) throws {
    for option in ["--timeout", "--duration", "--warmup", "--rampup"] {
      let run = try ProgramRun(["load", option, text, "http://127.0.0.1:1/"])
      #expect(run.status == 3)
      #expect(
        run.errors
          == "shootout: \(option) '\(text)' is not a duration; right would be 10s, 500ms or 2m, at most 24h\n")
    }
  }

  @Test(
    "A duration is shown as it was given", arguments: [("300ms", "300 ms"), ("0.3s", "300 ms"), ("0.3", "300 ms")])
  func shownDurations(text: String, shown: String) throws {
    let server = ScriptedServer { $0.waitForClose() }
    let run = try shell("$load --timeout \(text) --duration 400ms $url", server)
    #expect(run.output.contains("no complete response within \(shown)\n"), "\(run.output)")
  }

  @Test(
    "A duration in words has the unit that suits it",
    arguments: [
      (.milliseconds(300), "300 ms"), (.seconds(0.3), "300 ms"), (.milliseconds(1500), "1.5 s"),
      (.seconds(10), "10 s"),
      (.seconds(90), "90 s"), (.microseconds(1), "1 µs"), (.microseconds(1500), "1.5 ms"), (.nanoseconds(7), "7 ns"),
      (.zero, "0 s"), (.milliseconds(-20), "-20 ms"), (.milliseconds(1001), "1.001 s"),
    ] as [(Duration, String)])
  func words(duration: Duration, words: String) {
    #expect(duration.inWords == words)
  }

  @Test("Milliseconds in seconds are the nearest number")
  func seconds() {
    for milliseconds in 1...2000 {
      #expect(Duration.milliseconds(milliseconds).inSeconds == Double(milliseconds) / 1000)
    }
  }
}

/// What a server was asked.
private final class Requests: @unchecked Sendable {
  private let lock = NSLock()
  private var texts: [String] = []

  func add(_ text: String) { lock.withLock { texts.append(text) } }

  var first: String? { lock.withLock { texts.first } }
}
