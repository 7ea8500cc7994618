import Foundation
import LoadEngine
import Results
import Synchronization
import TestSupport
import Testing
import Text
import WireFormats

@testable import Behaviour
@testable import LoadEngine

/// Each misbehaving client against a server that is told what to say.
@Suite struct MisbehavingClientsTests {
  private static let cut = Misbehaviour.CutRequest(
    name: "a cut form", head: "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n",
    body: Array("half".utf8))
  private static let download = Misbehaviour.HalfRead(target: "/large", body: Array("abcdefghij".utf8))

  private func play(
    _ client: Misbehaviour, turn: Int = 0, until isOver: () -> Bool = { true },
    against script: @escaping @Sendable (ScriptedServer.Peer) -> Void
  ) -> ClientReport {
    let server = ScriptedServer(script)
    return client.play(at: server.endpoint, turn: turn, until: isOver)
  }

  // MARK: Bodies that are cut

  private func answer(_ text: String) -> ClientReport {
    play(.cut([Self.cut])) { peer in
      guard peer.readHead(), peer.read(4) else { return }
      // The client has said that this was all.
      peer.waitForClose()
      peer.write(text)
    }
  }

  @Test func `a server that answers a cut body with success is a finding, with the bytes of its answer`() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"size\":10}"
    let report = answer(text)
    #expect(
      report.wrongAnswers == [
        .init(text: "a cut form, was answered 200", bytes: Base64.encode(Array(text.utf8)), count: 1)
      ])
    #expect(report.outcomes == ["a cut form: answered 200": 1])
  }

  @Test func `a server that created something of a cut body is a finding, too`() {
    #expect(answer("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").wrongAnswerCount == 1)
  }

  @Test(arguments: [
    ("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "a cut form: answered 400"),
    ("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "a cut form: answered 500"),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n", "a cut form: answered 408"),
    ("no", "a cut form: answered what is no HTTP"),
    ("", "a cut form: the server closed the connection without an answer"),
  ])
  func `any other answer, or none, is told and is no finding`(text: String, outcome: String) {
    let report = answer(text)
    #expect(report.outcomes == [outcome: 1])
    #expect(report.wrongAnswers == [] && report.wrongAnswerCount == 0)
  }

  @Test func `a server that hangs up on a cut body by a reset is told so`() {
    let report = play(.cut([Self.cut])) { peer in
      guard peer.readHead(), peer.read(4) else { return }
      peer.reset()
    }
    #expect(report.outcomes == ["a cut form: the server reset the connection without an answer": 1])
  }

  @Test func `a server that is not there is told, and nothing else`() throws {
    let report = Misbehaviour.cut([Self.cut]).play(at: Endpoint(host: "127.0.0.1", port: 1), turn: 0) { true }
    #expect(report.outcomes == ["no connection: connect: Connection refused": 1])
  }

  // MARK: Downloads

  private static let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"

  @Test(arguments: [
    (head + "abcde", "got the right beginning"), (head, "got the right beginning"),
    ("HTTP/1.1 200 O", "got a part of the head"), ("", "got nothing"),
    ("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "answered 503"),
  ])
  func `of a download that is left, its beginning is looked at`(text: String, outcome: String) {
    let report = play(.leaveDownload(Self.download)) { peer in
      guard peer.readHead() else { return }
      peer.write(text)
    }
    #expect(report.outcomes == [outcome: 1, "left by a reset": 1])
    #expect(report.wrongAnswerCount == 0)
  }

  @Test func `the bytes of another answer in a download are a finding`() {
    let text = Self.head + "abXde"
    let report = play(.leaveDownload(Self.download)) { peer in
      guard peer.readHead() else { return }
      peer.write(text)
    }
    #expect(
      report.wrongAnswers == [
        .init(
          text: "GET /large: the body is not the expected one from byte 2 on",
          bytes: Base64.encode(Array(text.utf8)), count: 1)
      ])
  }

  @Test(arguments: [(0, -1 as Int), (1, 0)])
  func `every other client leaves by a reset, the others by a FIN`(turn: Int, received: Int) throws {
    let seen = Mutex<[Int]>([])
    let over = DispatchSemaphore(value: 0)
    _ = play(.leaveUpload(Self.cut), turn: turn) { peer in
      if peer.readHead(), peer.read(4) {
        var byte: UInt8 = 0
        let count = recv(peer.descriptor, &byte, 1, 0)
        seen.withLock { $0.append(count) }
      }
      over.signal()
    }
    #expect(over.wait(timeout: .now() + 10) == .success)
    #expect(seen.withLock { $0 } == [received])
  }

  // MARK: Slow readers

  /// Until `count` servers have said what they have to say, and the readers had the time to take it.
  private func readSlowly(
    connections count: Int, andThen say: @escaping @Sendable (ScriptedServer.Peer) -> Void
  ) -> ClientReport {
    let written = Mutex(0)
    let turnsAfter = Mutex(0)
    let script: @Sendable (ScriptedServer.Peer) -> Void = { peer in
      guard peer.readHead() else { return }
      peer.write(Self.head + "abcde")
      say(peer)
      written.withLock { $0 += 1 }
      peer.waitForClose()
    }
    let isOver = {
      guard written.withLock({ $0 }) == count else { return false }
      return turnsAfter.withLock { turns in
        turns += 1
        return turns > 20
      }
    }
    return play(
      .readSlowly(Self.download, connections: count, every: .milliseconds(5)), until: isOver, against: script)
  }

  @Test func `slow readers hold their responses until they are told to go`() {
    let report = readSlowly(connections: 3) { _ in }
    #expect(report.outcomes == ["held its response to the end": 3, "got the right beginning": 3])
    #expect(report.wrongAnswerCount == 0)
  }

  @Test func `a server that gives up on a slow reader is told so`() {
    let report = readSlowly(connections: 1) { peer in shutdown(peer.descriptor, Int32(SHUT_WR)) }
    #expect(report.outcomes == ["the server closed the connection": 1, "got the right beginning": 1])
  }

  // MARK: Together

  @Test func `clients go on until they are ended, and what they saw is added up`() {
    let answered = Mutex(0)
    let server = ScriptedServer { peer in
      guard peer.readHead() else { return }
      peer.waitForClose()
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      answered.withLock { $0 += 1 }
    }
    let clients = MisbehavingClients([.cut([Self.cut]), .cut([Self.cut])], at: server.endpoint, seed: 1)
    let deadline = Instant.now() + .seconds(20)
    while answered.withLock({ $0 }) < 6, Instant.now() < deadline { usleep(1_000) }
    let report = clients.end()
    #expect(report.wrongAnswerCount >= 4)
    #expect(report.wrongAnswers.map(\.count) == [report.wrongAnswerCount])
    #expect(report.outcomes == ["a cut form: answered 200": report.wrongAnswerCount])
  }

  @Test func `of wrong answers that differ some are kept, and all are counted`() {
    var report = ClientReport()
    for number in 0..<9 { report.addWrong("answer \(number % 7)", [UInt8](repeating: 0, count: 2_000)) }
    #expect(report.wrongAnswerCount == 9)
    #expect(report.wrongAnswers.map(\.text) == (0..<5).map { "answer \($0)" })
    #expect(report.wrongAnswers.map(\.count) == [2, 2, 1, 1, 1])
    #expect(Base64.decode(report.wrongAnswers[0].bytes)?.count == ClientReport.keptBytes)
  }

  // MARK: The load's own answers

  private func sample(_ kind: FailureKind, _ bytes: String = "") -> FailureSample {
    FailureSample(kind: kind, request: "GET /x", detail: "as it is", count: 2, bytes: Array(bytes.utf8))
  }

  @Test func `a wrong answer says success and is not the expected one; what failed visibly is none`() {
    #expect(WrongAnswers.isWrong(sample(.verification)))
    #expect(WrongAnswers.isWrong(sample(.status, "HTTP/1.1 204 No Content")))
    #expect(!WrongAnswers.isWrong(sample(.status, "HTTP/1.1 503 Busy")))
    for kind in [FailureKind.connect, .timeout, .reset, .closedEarly, .malformed] {
      #expect(!WrongAnswers.isWrong(sample(kind)), "\(kind)")
    }
  }

  @Test func `wrong answers keep their words, their bytes and their number`() {
    let samples = [sample(.verification, "pang"), sample(.status, "HTTP/1.1 204 "), sample(.reset)]
    #expect(
      WrongAnswers.all(samples) == [
        .init(text: "GET /x: as it is", bytes: "cGFuZw==", count: 2),
        .init(text: "GET /x: as it is", bytes: Base64.encode(Array("HTTP/1.1 204 ".utf8)), count: 2),
      ])
    var errors = ErrorTally()
    errors[.verification] = 7
    #expect(WrongAnswers.count(samples, errors) == 9)
  }

  @Test func `a failure under load has the beginning of the answer in which it showed`() throws {
    let server = ScriptedServer { peer in
      while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npang") }
    }
    var plan = LoadPlan(
      endpoint: server.endpoint,
      work: .http([
        HTTPExchange(HTTPRequest("GET", "/ping"), expecting: Expectation(body: .exactly(Array("pong".utf8))))
      ]))
    (plan.connections, plan.warmUp, plan.requests) = (1, .zero, 2)
    let failures = try plan.run().examples.all
    #expect(
      failures.map { String(decoding: $0.bytes, as: UTF8.self) } == [
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npang"
      ])
  }
}
