import Foundation
import Testing
import WireFormats

@testable import LoadEngine

@Suite struct AddressTests {
  private let start = Instant(nanoseconds: 1_000_000_000)
  private func after(_ milliseconds: Int) -> Instant { start + .milliseconds(milliseconds) }

  @Test("An address that is slow to answer has 250 ms before the next one is tried beside it")
  func slow() {
    var trials = AddressTrials(of: 3, until: after(1000))
    #expect(trials.next(at: after(0)) == .begin(0))
    #expect(trials.next(at: after(0)) == .wait(until: after(250)))
    #expect(trials.next(at: after(249)) == .wait(until: after(250)))
    #expect(trials.next(at: after(250)) == .begin(1))
    #expect(trials.next(at: after(499)) == .wait(until: after(500)))
    #expect(trials.next(at: after(510)) == .begin(2))
    #expect(trials.next(at: after(510)) == .wait(until: after(1000)))
    #expect(trials.next(at: after(1000)) == .giveUp)
  }

  @Test("After one that fails the next address is tried at once")
  func failing() {
    var trials = AddressTrials(of: 3, until: after(1000))
    #expect(trials.next(at: after(0)) == .begin(0))
    trials.oneFailed()
    #expect(trials.next(at: after(1)) == .begin(1))
    #expect(trials.next(at: after(2)) == .wait(until: after(251)))
    trials.oneFailed()
    #expect(trials.next(at: after(3)) == .begin(2))
    trials.oneFailed()
    #expect(trials.next(at: after(4)) == .giveUp)
  }

  @Test("Where the time is short, all addresses still have their turn, and no wait is longer than it")
  func deadline() {
    var trials = AddressTrials(of: 2, until: after(100))
    #expect(trials.next(at: after(0)) == .begin(0))
    #expect(trials.next(at: after(0)) == .wait(until: after(50)))
    #expect(trials.next(at: after(60)) == .begin(1))
    #expect(trials.next(at: after(60)) == .wait(until: after(100)))
    #expect(trials.next(at: after(100)) == .giveUp)
  }

  @Test("An address is shown with its port, and a name is not one")
  func shown() throws {
    #expect(try Endpoint(host: "127.0.0.1", port: 81).addresses().map(\.description) == ["127.0.0.1:81"])
    #expect(try Endpoint(host: "::1", port: 81).addresses().map(\.description) == ["[::1]:81"])
    #expect(Endpoint(host: "127.0.0.1", port: 81).isNumeric)
    #expect(Endpoint(host: "::1", port: 81).isNumeric)
    #expect(!Endpoint(host: "localhost", port: 81).isNumeric)
  }

  @Test("A name that stands for nothing is one line")
  func unknown() {
    let error = #expect(throws: EndpointError.self) {
      try Endpoint(host: "no-such-name.invalid", port: 81).addresses()
    }
    #expect("\(error as Any)".contains("cannot look up the host 'no-such-name.invalid'"))
  }

  @Test("The first address that answers takes the load, and those that did not are named", arguments: [1, 2])
  func firstThatAnswers(threads: Int) throws {
    let server = hello()
    let refused = BoundPort()
    var plan = makePlan(Endpoint(host: "name.invalid", port: 1), expecting: .exactly(Array("hello".utf8)))
    (plan.connections, plan.threads) = (4, threads)
    let third = hello()
    let addresses = try [address(refused.port), address(server.endpoint.port), address(third.endpoint.port)]
    let result = try plan.run { _ in addresses }
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified > 0)
    #expect(result.address == "127.0.0.1:\(server.endpoint.port)")
    #expect(result.failedAddresses == [failure(refused)])
  }

  @Test("A load by WebSocket takes the first address that answers, too")
  func webSocket() throws {
    let server = ScriptedServer { peer in
      guard peer.upgrade() else { return }
      while let (opcode, payload) = peer.readFrame() { peer.write(frame: 0x80 | opcode, payload) }
    }
    let message = WebSocketExchange(Array("hello".utf8), expecting: .exactly(Array("hello".utf8)))
    var plan = LoadPlan(
      endpoint: Endpoint(host: "name.invalid", port: 1),
      work: .webSocket(WebSocketScript(target: "/", messages: [message])))
    (plan.connections, plan.warmUp, plan.window) = (1, .zero, .milliseconds(200))
    let refused = BoundPort()
    let addresses = try [address(refused.port), address(server.endpoint.port)]
    let result = try plan.run { _ in addresses }
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified > 0)
    #expect(result.failedAddresses == [failure(refused)])
  }

  @Test("An address that says nothing is left for one that answers, and named; all are bound by the timeout")
  func silent() throws {
    let mute = BoundPort()
    mute.fallSilent()
    let server = hello()
    let silent = try address(mute.port)
    let search = try AddressSearch([silent, address(server.endpoint.port)], patience: .seconds(20))
    #expect(search.answered == 1)
    let slower = "slower to answer than 127.0.0.1:\(server.endpoint.port)"
    #expect(search.failures == [AddressFailure(address: "\(silent)", reason: slower)])
    let vain = AddressSearch([silent, silent], patience: .milliseconds(300))
    #expect(vain.answered == nil)
    #expect(vain.failures.map(\.reason) == ["no connection within 300 ms", "no connection within 300 ms"])
    let cancelled = AddressSearch([silent, silent], patience: .seconds(1000)) { true }
    #expect(cancelled.answered == nil)
  }

  @Test("Where no address answers, connections are counted as failed, and all addresses are named")
  func noneAnswers() throws {
    let ports = [BoundPort(), BoundPort()]
    let addresses = try ports.map { try address($0.port) }
    let plan = makePlan(Endpoint(host: "name.invalid", port: 1), expecting: .anything)
    let result = try plan.run { _ in addresses }
    #expect(result.errors[.connect] > 0)
    #expect(result.errors.total == result.errors[.connect])
    #expect(result.address == nil)
    let reason = "connect: Connection refused"
    #expect(
      result.failures.first?.detail
        == "cannot connect to name.invalid:1: \(addresses[0]): \(reason); \(addresses[1]): \(reason)")
  }

  @Test("A server that comes up late is found, whichever of the addresses it is at")
  func late() throws {
    let refused = BoundPort()
    let late = BoundPort()
    var plan = makePlan(Endpoint(host: "name.invalid", port: 1), expecting: .exactly(Array("hello".utf8)))
    (plan.minimumEnded, plan.longestWindow) = (100, .seconds(30))
    let monitor = LoadMonitor()
    Thread.detachNewThread {
      while monitor.failed < 2 { usleep(1000) }
      late.serveHello()
    }
    let addresses = try [address(refused.port), address(late.port)]
    let result = try plan.run(monitor: monitor) { _ in addresses }
    late.end()
    #expect(result.errors[.connect] >= 2)
    #expect(result.measured.verified > 0)
    #expect(result.address == "127.0.0.1:\(late.port)")
  }

  @Test("A single address is not asked beforehand: no connection comes that carries nothing")
  func single() throws {
    let server = hello()
    var plan = makePlan(server.endpoint, expecting: .anything)
    plan.connections = 3
    let result = try plan.run()
    #expect(result.address == nil)
    #expect(result.failedAddresses.isEmpty)
    #expect(result.connectionsOpened == 3)
  }

  @Test("A conversation takes the first address that answers, and names all where none does")
  func conversation() throws {
    let endpoint = Endpoint(host: "name.invalid", port: 1)
    let refused = [BoundPort(), BoundPort()]
    let server = hello()
    let socket = try Conversation.connect(
      to: endpoint, [address(refused[0].port), address(server.endpoint.port)], within: .seconds(10))
    #expect(socket.takeError() == 0)
    #expect(throws: ConversationError.unreachable(endpoint, refused.map(failure))) {
      _ = try Conversation.connect(to: endpoint, refused.map { try address($0.port) }, within: .seconds(10))
        .descriptor
    }
  }
}

private func hello() -> ScriptedServer {
  ScriptedServer { peer in
    while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") }
  }
}

private func failure(_ port: BoundPort) -> AddressFailure {
  AddressFailure(address: "127.0.0.1:\(port.port)", reason: "connect: Connection refused")
}

private func address(_ port: UInt16) throws(EndpointError) -> SocketAddress {
  try Endpoint(host: "127.0.0.1", port: port).addresses()[0]
}
