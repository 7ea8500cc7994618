import BenchTesting
import Foundation
import Results
import TestSupport
import Testing

@testable import BenchSupport
@testable import Stack

extension Exclusive.BenchSupportTests {
  /// What one of two versions cannot serve.
  @Suite struct NotComparedTests {
    private let folder = TemporaryDirectory()

    /// Answers 501 to one path, and 404 to all others.
    private static let server = """
      import http.server, sys

      class Handler(http.server.BaseHTTPRequestHandler):
          protocol_version = "HTTP/1.1"

          def do_GET(self):
              body = b"No module named 'fastapi.sse'" if self.path == "/sse" else b""
              self.send_response(501 if body else 404)
              self.send_header("content-length", str(len(body)))
              self.end_headers()
              self.wfile.write(body)

      server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
      print(server.server_port, flush=True)
      server.serve_forever()
      """

    @Test(
      "A side that answers 501 cannot serve a scenario; any other answer is measured and judged",
      .timeLimit(.minutes(1)))
    func notImplemented() throws {
      let process = Process()
      let output = Foundation.Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["python3", "-c", Self.server]
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      defer {
        // This process blocks signals, and hands that on: none that can be blocked would end it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
      let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
      var one = Target.named("one", port: port)
      one.package = "one"
      var configuration = try Configuration.read(
        ["SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": "1.0", "SHOOTOUT_COMPARE_HEAD": "1.1"],
        checkout: Checkout.find(), scenarios: Scenario.names, targets: [one])
      configuration.scenarios = ["ping", "sse", "websocket"]
      var stack = Stack(deployment: .process, python: "")
      stack.servers = [
        Stack.Server(name: "base", owner: nil, baseURL: "http://127.0.0.1:\(port)", port: port),
        Stack.Server(name: "head", owner: nil, baseURL: "http://127.0.0.1:1", port: 1),
      ]
      #expect(
        try Manifest.NotCompared.all(configuration, stack) == [
          Manifest.NotCompared(scenario: "sse", side: "base", reason: "No module named 'fastapi.sse'")
        ])
    }

    @Test(
      "The reason is the first sentence of what the application says",
      arguments: [
        ("No module named 'a.b'", "No module named 'a.b'"), ("It fails! Hint: read on. More", "It fails!"),
        ("one\ntwo", "one"), ("", "it does not say why"),
        (String(repeating: "x", count: 200), String(repeating: "x", count: 100) + "…"),
      ])
    func reason(text: String, is reason: String) {
      #expect(Manifest.NotCompared.reason(text) == reason)
    }

    @Test("Where nothing is left, that is said with the reasons")
    func nothingLeft() {
      let error = NothingToCompare(notCompared: [
        Manifest.NotCompared(scenario: "sse", side: "head", reason: "no events")
      ])
      #expect("\(error)" == "no scenario is left that both versions serve; not compared: sse (head: no events)")
    }
  }
}
