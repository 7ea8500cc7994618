import BenchTesting
import Foundation
import LoadEngine
import Results
import Stack
import Synchronization
import Testing
import WireFormats

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  /// The coordinator and its generators over loopback.
  @Suite struct DistributedTests {
    private final class Kept: Sendable {
      let names = Mutex<[String]>([])
      let error = Mutex<String?>(nil)
      let ended = DispatchSemaphore(value: 0)
    }

    private func coordinate(_ generators: Int, patience: Duration = .seconds(60)) throws -> (Endpoint, Kept) {
      let coordinator = try Coordinator(
        listening: Endpoint(host: "127.0.0.1", port: 0), generators: generators, seed: 42)
      let kept = Kept()
      let box = Box(coordinator)
      Thread.detachNewThread {
        do {
          try box.value.coordinate(patience: patience) { generator, name, content in
            kept.names.withLock { $0.append("\(generator) \(name) \(content.count)") }
          } say: { _ in
          }
        } catch {
          kept.error.withLock { $0 = "\(error)" }
        }
        kept.ended.signal()
      }
      return (coordinator.endpoint, kept)
    }

    @Test("Those who measure together agree on one instant that is still to come, and each has its own number")
    func together() throws {
      let (endpoint, kept) = try coordinate(3)
      let met = Mutex<[(place: DistributedPlace, agreement: DistributedRun.Agreement, at: Instant)]>([])
      let group = DispatchGroup()
      for index in 0..<3 {
        group.enter()
        Thread.detachNewThread {
          defer { group.leave() }
          guard let distributedRun = try? DistributedRun.join(endpoint, plan: "P", patience: .seconds(20)) else {
            return
          }
          guard let agreement = try? distributedRun.meet("ping", maximum: UInt64(index), sum: index) else { return }
          met.withLock { $0.append((distributedRun.place, agreement, .now())) }
          try? distributedRun.handOver([UInt8](repeating: 7, count: 100_000), named: "round.json")
          _ = try? distributedRun.meet("json")
        }
      }
      group.wait()
      #expect(kept.ended.wait(timeout: .now() + 20) == .success)
      let all = met.withLock { $0 }
      #expect(Set(all.map(\.place.generator)) == [1, 2, 3])
      #expect(all.allSatisfy { $0.place.generators == 3 && $0.place.seed == "42" })
      #expect(all.allSatisfy { $0.agreement.maximum == 2 && $0.agreement.sum == 3 })
      #expect(kept.names.withLock { $0.sorted() } == (1...3).map { "\($0) round.json 100000" })
      // One machine has one clock, so what they agreed on differs by what each did not know, and by no more.
      for (one, other) in zip(all, all.dropFirst()) {
        let apart = max(
          one.agreement.instant.nanoseconds(since: other.agreement.instant),
          other.agreement.instant.nanoseconds(since: one.agreement.instant))
        #expect(apart <= (one.agreement.uncertainty + other.agreement.uncertainty).wholeNanoseconds)
      }
    }

    @Test("A generator that is refused says why, and one whose coordinator is gone says that")
    func refused() throws {
      let (endpoint, kept) = try coordinate(2)
      let first = try DistributedRun.join(endpoint, plan: "P", patience: .seconds(20))
      let error = #expect(throws: DistributedRunError.self) {
        try DistributedRun.join(endpoint, plan: "Q", patience: .seconds(20))
      }
      #expect(
        error?.description
          == "the coordinator at \(endpoint.authority) refuses: the others measure P, and this one would Q")
      let second = try DistributedRun.join(endpoint, plan: "P", patience: .seconds(20))
      try first.handOver([1], named: "../no")
      #expect(throws: DistributedRunError.self) { try first.meet("a") }
      _ = second
      #expect(kept.names.withLock { $0 } == [])
    }

    @Test("Without a coordinator, the line says where it was looked for and how to start one")
    func nobody() throws {
      let port = try PortHolder.findFree()
      let error = #expect(throws: DistributedRunError.self) {
        try DistributedRun.join(Endpoint(host: "127.0.0.1", port: UInt16(port)), plan: "", patience: .zero)
      }
      #expect(
        error?.description
          == "no coordinator at 127.0.0.1:\(port) (SHOOTOUT_COORDINATOR): connect: Connection refused; "
          + "start it with: shootout coordinate --generators N")
    }

    @Test("A coordinator whose generators do not come ends with their number")
    func incomplete() throws {
      let (endpoint, kept) = try coordinate(2, patience: .milliseconds(10))
      let one = try? DistributedRun.join(endpoint, plan: "P", patience: .zero)
      #expect(kept.ended.wait(timeout: .now() + 20) == .success)
      #expect(kept.error.withLock { $0 }?.hasSuffix("of 2 generators came within 0 s") == true)
      _ = one
    }

    @Test("The shares of all generators are what one would do alone, each with a seed of its own")
    func shares() throws {
      let configuration = try Configuration.read(
        ["SHOOTOUT_CONNECTIONS": "50", "SHOOTOUT_SEED": "9"], checkout: Checkout(path: "/c"), scenarios: ["ping"],
        targets: [.named("a", port: 1)])
      let shares = try (1...4).map {
        try configuration.share(of: DistributedPlace(generator: $0, generators: 4, seed: 9))
      }
      #expect(shares.map(\.connections) == [13, 13, 12, 12])
      #expect(Set(shares.map(\.seed)).count == 4 && shares[0].seed == 9)
      #expect(shares.allSatisfy { !$0.isGateOn && $0.profile == configuration.profile })
      let error = #expect(throws: ConfigurationError.self) {
        try configuration.share(of: DistributedPlace(generator: 1, generators: 51, seed: 9))
      }
      #expect(error?.description.hasPrefix("50 connections cannot be shared by 51 generators") == true)
    }

    @Test(
      "A window is agreed on that sees so many exchanges end, and no longer than is allowed",
      arguments: [(1000.0, 300), (50, 1200), (10, 5100), (1, 20_000), (0, 20_000)])
    func window(perSecond: Double, milliseconds: Int) {
      let window = DistributedStep.window(
        .milliseconds(300), perSecond: perSecond, exchanges: 50, atMost: .seconds(20))
      #expect(window == .milliseconds(milliseconds))
    }

    @Test("A coordinator's address is a host and a port, and needs external servers")
    func addresses() throws {
      #expect(try CoordinatorAddress.parse("10.0.0.1:8100") == Endpoint(host: "10.0.0.1", port: 8100))
      for text in ["host", "host:0", "http://h:1", "h:1/", "", ":1", "host:", "[::1]", "::1", "h:+1", "u:secret@h:1"] {
        let error = #expect(throws: ConfigurationError.self) { try CoordinatorAddress.parse(text) }
        #expect(!"\(error as Any)".contains("secret"))
      }
      #expect(try CoordinatorAddress.parse("[::1]:8100") == Endpoint(host: "::1", port: 8100))
      let error = #expect(throws: ConfigurationError.self) {
        try Configuration.read(
          ["SHOOTOUT_COORDINATOR": "h:1"], checkout: Checkout(path: "/c"), scenarios: nil, targets: [])
      }
      #expect(
        error?.description == "SHOOTOUT_COORDINATOR is set, and the deployment is process; right would be external")
    }
  }
}

/// Hands a value to another thread that alone uses it from then on.
private final class Box<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) {
    self.value = value
  }
}
