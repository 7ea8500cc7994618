import Foundation
import LoadEngine
import Synchronization
import Testing
import WireFormats

/// What the engine makes of servers that behave and of servers that do not.
@Suite struct LoadTests {
  @Test("Only verified responses count, and nothing fails on a server that behaves")
  func goodServer() throws {
    let server = ScriptedServer { peer in
      while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") }
    }
    let result = try load(
      server, expecting: .exactly(Array("hello".utf8)), connections: 3, threads: 2, requests: 20)
    #expect(result.errors.total == 0)
    #expect(result.measured.verified == 20)
    #expect(result.times.latency.count == UInt64(result.measured.verified))
    #expect(result.series.map(\.verified).reduce(0, +) == result.measured.verified)
    #expect(result.connectionsOpened == 3)
  }

  @Test("A reset at every byte of a response is a reset or a close, never a result")
  func resetAtEveryByte() throws {
    let response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    for end in 1..<response.utf8.count {
      let server = ScriptedServer { peer in
        guard peer.readHead() else { return }
        peer.write(String(decoding: Array(response.utf8)[..<end], as: UTF8.self))
        peer.reset()
      }
      let result = try load(server, expecting: .exactly(Array("hello".utf8)), requests: 1)
      #expect(result.measured.verified == 0)
      #expect(Set(result.errors.byKind.keys).isSubset(of: [.reset, .closedEarly]), "cut after \(end) bytes")
      #expect(result.errors.total == 1, "cut after \(end) bytes")
    }
  }

  @Test("Connections are opened one after another, and each works from when it stands")
  func rampUp() throws {
    let answers = Atomic<Int>(0)
    let beforeTheOthers = Mutex<[Int]>([])
    let server = ScriptedServer { peer in
      beforeTheOthers.withLock { $0.append(answers.load(ordering: .relaxed)) }
      while peer.readHead() {
        answers.add(1, ordering: .relaxed)
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
      }
    }
    var plan = makePlan(server.endpoint, expecting: .exactly(Array("hello".utf8)))
    plan.connections = 3
    plan.threads = 2
    plan.rampUp = .milliseconds(600)
    plan.window = .milliseconds(20)
    let begun = Instant.now()
    let result = try plan.run()
    #expect(result.errors.total == 0)
    // The third begins after two thirds of the time, and the window when it stands.
    #expect(try #require(result.windowStart).nanoseconds(since: begun) >= 400_000_000)
    let seen = beforeTheOthers.withLock { $0 }
    #expect(seen.count == 3 && seen[0] == 0 && seen[1] > 0 && seen[2] > seen[1], "\(seen)")
  }

  @Test("A server that closes after each response is loaded over new connections without an error")
  func closingServer() throws {
    let server = ScriptedServer { peer in
      if peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello") }
    }
    let result = try load(server, expecting: .exactly(Array("hello".utf8)), requests: 4)
    #expect(result.errors.total == 0)
    #expect(result.measured.verified == 4)
    #expect(result.connectionsOpened >= result.measured.verified)
  }

  @Test("A body without a length ends with the connection and is verified")
  func closeDelimited() throws {
    let server = ScriptedServer { peer in
      if peer.readHead() { peer.write("HTTP/1.1 200 OK\r\n\r\nhello") }
    }
    let result = try load(server, expecting: .exactly(Array("hello".utf8)), requests: 4)
    #expect(result.errors.total == 0 && result.measured.verified == 4)
  }

  @Test("Nobody listening is a connect error that names the address")
  func nobodyListening() throws {
    var server: ScriptedServer? = ScriptedServer { _ in }
    let endpoint = try #require(server?.endpoint)
    server = nil
    let plan = makePlan(endpoint, expecting: .anything)
    let result = try plan.run()
    #expect(Array(result.errors.byKind.keys) == [.connect])
    #expect(result.failures.first?.detail.contains(endpoint.authority) == true)
  }

  @Test("A request with a file arrives whole, from one open file for all connections")
  func upload() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "shootout-upload-\(UUID())").path
    #expect(FileManager.default.createFile(atPath: path, contents: Data(repeating: 7, count: 300_000)))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (body, type) = HTTPBody.multipart(field: "file", file: try BodyFile(path: path))
    let server = ScriptedServer { peer in
      while peer.readHead(), peer.readHead(), peer.read(300_000),
        peer.read("\r\n------shootout-5f1d7c0a9b3e48d2--\r\n".utf8.count)
      {
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
    let exchange = HTTPExchange(
      HTTPRequest("POST", "/upload", fields: [type], body: body),
      expecting: Expectation(body: .exactly(Array("ok".utf8))))
    var plan = LoadPlan(endpoint: server.endpoint, work: .http([exchange]))
    plan.connections = 2
    plan.warmUp = .zero
    plan.window = .seconds(60)
    plan.requests = 4
    let result = try plan.run()
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified == 4)
  }

  @Test("A form may have other fields, another boundary, and the beginning of a file")
  func form() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "shootout-form-\(UUID())").path
    #expect(FileManager.default.createFile(atPath: path, contents: Data("0123456789".utf8)))
    let whole = try BodyFile(path: path)
    try FileManager.default.removeItem(atPath: path)
    var file: BodyFile? = try BodyFile(4, of: whole)
    let (body, type) = HTTPBody.multipart(
      field: "file", file: try #require(file), boundary: "b", before: [.init("one", "1\"")], after: [.init("t\"wo", "")]
    )
    file = nil
    let expected = [
      #"--b\#r\#nContent-Disposition: form-data; name="one"\#r\#n\#r\#n1"\#r\#n"#,
      #"--b\#r\#nContent-Disposition: form-data; name="file"; filename="\#(whole.name)"\#r\#n"#,
      "Content-Type: application/octet-stream\r\n\r\n0123\r\n",
      #"--b\#r\#nContent-Disposition: form-data; name="t%22wo"\#r\#n\#r\#n\#r\#n--b--\#r\#n"#,
    ].joined()
    #expect(type == HTTPField("content-type", "multipart/form-data; boundary=b"))
    #expect(body.byteCount == expected.utf8.count)
    let server = ScriptedServer { peer in
      while peer.readHead(), peer.text(expected.utf8.count) == expected {
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
    var plan = makePlan(server.endpoint, expecting: .anything)
    plan.work = .http([
      HTTPExchange(
        HTTPRequest("POST", "/", fields: [type], body: body), expecting: Expectation(body: .exactly(Array("ok".utf8))))
    ])
    plan.requests = 4
    plan.window = .seconds(60)
    let result = try plan.run()
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified == 4)
  }

  private func slowServer() -> ScriptedServer {
    ScriptedServer { peer in
      while peer.readHead() {
        Thread.sleep(forTimeInterval: 0.05)
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
      }
    }
  }

  /// A window that ends long before three answers are there.
  private func prolongedPlan(_ server: ScriptedServer) -> LoadPlan {
    var plan = makePlan(server.endpoint, expecting: .anything)
    plan.window = .milliseconds(20)
    plan.minimumEnded = 3
    plan.longestWindow = .seconds(10)
    return plan
  }

  @Test("A window in which too little ended is prolonged by its own length, up to the limit given")
  func prolongedWindow() throws {
    let server = slowServer()
    var plan = prolongedPlan(server)
    let enough = try plan.run()
    #expect(enough.measured.verified >= 3)
    #expect(enough.window < .seconds(10))
    plan.minimumEnded = 1_000_000
    plan.longestWindow = .milliseconds(100)
    #expect(try plan.run().window == .milliseconds(100))
  }

  @Test("A server that only answers wrongly gets a window of its usual length")
  func wrongAnswers() throws {
    let server = ScriptedServer { peer in
      while peer.readHead() { peer.write("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n") }
    }
    var plan = prolongedPlan(server)
    plan.window = .milliseconds(300)
    let result = try plan.run()
    #expect(result.measured.verified == 0 && result.measured.errors[.status] >= 3)
    #expect(result.window == .milliseconds(300))
  }

  @Test("A server that is gone gets a window of its usual length")
  func nobodyThere() throws {
    let gone = ScriptedServer { _ in }.endpoint
    var plan = makePlan(gone, expecting: .anything)
    plan.window = .milliseconds(300)
    plan.minimumEnded = 1
    plan.longestWindow = .seconds(10)
    let result = try plan.run()
    #expect(result.measured.verified == 0 && result.errors.total > 0)
    #expect(result.window == .milliseconds(300))
  }

  @Test("Whoever watches is told that a window is over when it is not prolonged any more")
  func watchedWindow() throws {
    let server = slowServer()
    let plan = prolongedPlan(server)
    let monitor = LoadMonitor()
    let seen = Mutex<(start: Instant, end: Instant)?>(nil)
    let watcher = Thread {
      let deadline = Instant.now() + .seconds(20)
      while !monitor.isWindowOver, Instant.now() < deadline { usleep(200) }
      seen.withLock { $0 = monitor.window }
    }
    watcher.start()
    let result = try plan.run(monitor: monitor)
    while !watcher.isFinished { usleep(1000) }
    let window = try #require(seen.withLock { $0 })
    #expect(window.end.nanoseconds(since: window.start) == result.window.wholeNanoseconds)
    #expect(result.window >= .milliseconds(60))
  }

  @Test("A load that is cancelled ends early and says so")
  func cancelled() throws {
    let server = ScriptedServer { peer in
      while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") }
    }
    let monitor = LoadMonitor()
    var plan = makePlan(server.endpoint, expecting: .anything)
    plan.window = .seconds(3600)
    Thread.detachNewThread {
      while monitor.verified < 10 { usleep(1000) }
      monitor.cancel()
    }
    let result = try plan.run(monitor: monitor)
    #expect(result.isCancelled)
    #expect(result.window < .seconds(60))
  }

  @Test("A plan that cannot be run says what would be right")
  func badPlans() throws {
    var plan = makePlan(Endpoint(host: "127.0.0.1", port: 1), expecting: .anything)
    plan.threads = 9
    #expect(throws: LoadPlanError.outOfRange(name: "threads", value: "9", allowed: "1 to the number of connections")) {
      try plan.run()
    }
    plan.work = .http([])
    #expect(throws: LoadPlanError.noExchanges) { try plan.run() }
  }
}

func makePlan(_ endpoint: Endpoint, expecting body: BodyExpectation) -> LoadPlan {
  makePlan(endpoint, expecting: LoadEngine.Expectation(body: body))
}

func makePlan(_ endpoint: Endpoint, expecting expectation: LoadEngine.Expectation) -> LoadPlan {
  let exchange = HTTPExchange(HTTPRequest("GET", "/"), expecting: expectation)
  var plan = LoadPlan(endpoint: endpoint, work: .http([exchange]))
  plan.connections = 1
  plan.warmUp = .zero
  plan.window = .milliseconds(250)
  return plan
}

/// A load of so many requests, which ends with the last of them.
func load(
  _ server: ScriptedServer, expecting body: BodyExpectation, connections: Int = 1, threads: Int = 1,
  requests: Int = 2, timeout: Duration = .seconds(5)
) throws -> LoadResult {
  try load(
    server, expecting: LoadEngine.Expectation(body: body), connections: connections, threads: threads,
    requests: requests, timeout: timeout)
}

func load(
  _ server: ScriptedServer, expecting expectation: LoadEngine.Expectation, connections: Int = 1, threads: Int = 1,
  requests: Int = 2, timeout: Duration = .seconds(5)
) throws -> LoadResult {
  var plan = makePlan(server.endpoint, expecting: expectation)
  plan.connections = connections
  plan.threads = threads
  plan.requests = requests
  plan.window = .seconds(60)
  plan.timeout = timeout
  return try plan.run()
}
