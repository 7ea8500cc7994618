import BenchTesting
import Foundation
import Testing

// `shootout load` against a scripted server.

func load(_ words: [String], on server: ScriptedServer) throws -> ProgramRun {
  let url = "http://\(server.endpoint.host):\(server.endpoint.port)/"
  return try withExtendedLifetime(server) { try ProgramRun(["load"] + words + [url]) }
}

func json(_ words: [String], on server: ScriptedServer, status: Int32 = 0) throws -> [String: Any] {
  let run = try load(["--json", "-"] + words, on: server)
  #expect(run.status == status, "\(run.errors)")
  return try parsed(run.output)
}

func parsed(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
}

func slow(_ seconds: Double, counting counter: RequestCounter? = nil) -> ScriptedServer {
  ScriptedServer { peer in
    while peer.readHead() {
      counter?.count()
      if seconds > 0 { Thread.sleep(forTimeInterval: seconds) }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    }
  }
}

/// Counts across threads, and can be waited for.
final class RequestCounter: @unchecked Sendable {
  private let condition = NSCondition()
  private var counted = 0

  var number: Int { condition.withLock { counted } }

  @discardableResult
  func count() -> Int {
    condition.withLock {
      counted += 1
      condition.broadcast()
      return counted
    }
  }

  /// Waits half a minute at most; what comes after shows that it was in vain.
  func wait(for target: Int) {
    let deadline = Date(timeIntervalSinceNow: 30)
    condition.lock()
    defer { condition.unlock() }
    while counted < target, condition.wait(until: deadline) {}
  }
}
