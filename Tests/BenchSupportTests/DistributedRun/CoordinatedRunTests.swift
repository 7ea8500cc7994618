import BenchTesting
import Foundation
import LoadEngine
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  @Suite struct CoordinatedRunTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)

    /// Two generators that have come, on the connections 7 and 9.
    private func twoJoined() -> CoordinatedRun {
      var run = CoordinatedRun(generators: 2, seed: 5)
      _ = run.received(.join(plan: "P"), from: 7, at: Self.now)
      _ = run.received(.join(plan: "P"), from: 9, at: Self.now)
      return run
    }

    private func ready(_ step: String, _ maximum: UInt64 = 0, _ sum: Int = 0) -> DistributedRequest {
      .ready(step: step, maximum: maximum, sum: sum)
    }

    @Test func `generators are numbered as they come, and learn the seed of the run`() {
      var run = CoordinatedRun(generators: 2, seed: .max)
      #expect(
        run.received(.join(plan: "P"), from: 7, at: Self.now) == [
          .say("generator 1 of 2 has come"), .send(.welcome(generator: 1, of: 2, seed: .max), to: 7),
        ])
      #expect(
        run.received(.join(plan: "P"), from: 9, at: Self.now).last
          == .send(.welcome(generator: 2, of: 2, seed: .max), to: 9))
      #expect(
        run.received(.join(plan: "P"), from: 11, at: Self.now) == [
          .send(.refused(reason: "all 2 generators have come"), to: 11), .close(11),
        ])
    }

    @Test func `who would measure something else is refused`() {
      var run = CoordinatedRun(generators: 2, seed: 1)
      _ = run.received(.join(plan: "PROFILE=quick"), from: 7, at: Self.now)
      #expect(
        run.received(.join(plan: "PROFILE=full"), from: 9, at: Self.now).first
          == .send(.refused(reason: "the others measure PROFILE=quick, and this one would PROFILE=full"), to: 9))
    }

    @Test func `who leaves before the run has begun makes room for another`() {
      var run = twoJoined()
      #expect(run.left(7, at: Self.now) == [.say("generator 1 of 2 has left")])
      #expect(!run.isOver && run.came == 1)
      #expect(
        run.received(.join(plan: "P"), from: 12, at: Self.now).last
          == .send(.welcome(generator: 1, of: 2, seed: 5), to: 12))
    }

    @Test func `nobody goes on before all have come, then all at one instant, with the largest and the sum`() {
      var run = twoJoined()
      #expect(run.received(ready("ping", 300, 2), from: 9, at: Self.now) == [])
      let go = DistributedReply.go(at: 1_250_000_003, maximum: 900, sum: 5)
      #expect(
        run.received(ready("ping", 900, 3), from: 7, at: Instant(nanoseconds: 1_000_000_003)) == [
          .send(go, to: 7), .send(go, to: 9),
        ])
      #expect(run.received(ready("json"), from: 7, at: Self.now) == [])
    }

    @Test func `nobody goes on while somebody has not joined yet`() {
      var run = CoordinatedRun(generators: 2, seed: 1)
      _ = run.received(.join(plan: "P"), from: 7, at: Self.now)
      #expect(run.received(ready("ping"), from: 7, at: Self.now) == [])
    }

    @Test func `those who have come to different steps are told so, and nobody goes on`() {
      var run = twoJoined()
      _ = run.received(ready("ping"), from: 7, at: Self.now)
      let reason = "they are not at the same step: generator 1 is at 'ping', generator 2 is at 'json'"
      #expect(
        run.received(ready("json"), from: 9, at: Self.now) == [
          .send(.refused(reason: reason), to: 7), .close(7), .send(.refused(reason: reason), to: 9), .close(9),
        ])
      #expect(run.isOver)
    }

    @Test func `the others go on without one that is gone`() {
      var run = twoJoined()
      _ = run.received(ready("a"), from: 7, at: Self.now)
      _ = run.received(ready("a"), from: 9, at: Self.now)
      _ = run.received(ready("b", 0, 4), from: 7, at: Self.now)
      #expect(
        run.left(9, at: Self.now) == [
          .say("generator 2 of 2 has left"), .send(.go(at: 1_250_000_000, maximum: 0, sum: 4), to: 7),
        ])
      #expect(run.received(.join(plan: "P"), from: 11, at: Self.now).last == .close(11))
      #expect(!run.isOver)
      _ = run.left(7, at: Self.now)
      #expect(run.isOver)
    }

    @Test func `who does not come for ten minutes is given up`() {
      var run = twoJoined()
      for connection in [7, 9] { _ = run.received(ready("a"), from: connection, at: Self.now) }
      _ = run.received(ready("b"), from: 7, at: Self.now)
      #expect(run.clockMoved(to: Self.now + .seconds(600)) == [])
      let actions = run.clockMoved(to: Self.now + .seconds(601))
      #expect(actions.first == .say("generator 2 of 2 does not come any more"))
      #expect(actions.contains(.close(9)))
      #expect(
        actions.last == .send(.go(at: (Self.now + .milliseconds(601_250)).nanoseconds, maximum: 0, sum: 0), to: 7))
    }

    @Test func `evidence is kept with the number of its generator, under a name that leads nowhere else`() {
      var run = twoJoined()
      let content = Data([1, 2])
      #expect(
        run.received(.evidence(name: "manifest.json", content: content), from: 9, at: Self.now) == [
          .keep(name: "manifest.json", content: content, of: 2)
        ])
      for name in ["../x", ".x", "", "a/b"] {
        #expect(
          run.received(.evidence(name: name, content: content), from: 9, at: Self.now).first
            == .send(.refused(reason: "'\(name)' is not usable as a name"), to: 9))
      }
      #expect(run.received(.evidence(name: "x", content: content), from: 33, at: Self.now).last == .close(33))
    }

    @Test func `messages survive their way as lines of JSON`() throws {
      let requests: [DistributedRequest] = [
        .join(plan: "a\nb"), .clock, .ready(step: "é", maximum: .max, sum: -1),
        .evidence(name: "n", content: Data(0...255)),
      ]
      for request in requests {
        let line = try JSONEncoder().encode(request)
        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(try JSONDecoder().decode(DistributedRequest.self, from: line) == request)
      }
      let replies: [DistributedReply] = [
        .welcome(generator: 1, of: 2, seed: .max), .refused(reason: "r"), .clock(nanoseconds: .max),
        .go(at: .max, maximum: 1, sum: .max),
      ]
      for reply in replies {
        #expect(try JSONDecoder().decode(DistributedReply.self, from: JSONEncoder().encode(reply)) == reply)
      }
    }
  }
}
