import Foundation
import LoadEngine
import Results

/// Where the generators of a run have come to. It decides what is said to whom; sockets and the clock are its owner's.
///
/// Every step of the run is a meeting: who has come waits for the others, and all are told one instant. So nothing has
/// to be scheduled beforehand, and no clock has to be set.
package struct CoordinatedRun {
  package enum Action: Equatable {
    case send(DistributedReply, to: Int)
    case keep(name: String, content: Data, of: Int)
    case close(Int)
    case say(String)
  }

  /// From the last one's coming to the instant that is agreed: for the message to arrive and connections to be opened.
  package static let lead = Duration.milliseconds(250)
  /// How long those who have come to a step wait for the others. Longer than any warm-up or drain.
  package static let patience = Duration.seconds(600)

  package let generators: Int
  package let seed: UInt64

  private var plan: String?
  private var hasBegun = false
  /// By connection.
  private var members: [Int: Member] = [:]

  private struct Member {
    var generator: Int
    var waiting: Waiting?
  }

  private struct Waiting {
    var step: String
    var maximum: UInt64
    var sum: Int
    var since: Instant
  }

  package init(generators: Int, seed: UInt64) {
    self.generators = generators
    self.seed = seed
  }

  /// All came once, and all have left.
  package var isOver: Bool { hasBegun && members.isEmpty }
  package var came: Int { hasBegun ? generators : members.count }

  package mutating func received(_ request: DistributedRequest, from connection: Int, at now: Instant) -> [Action] {
    switch request {
    case .join(let plan): return join(plan, connection)
    case .clock: return [.send(.clock(nanoseconds: now.nanoseconds), to: connection)]
    case .ready(let step, let maximum, let sum):
      guard members[connection] != nil else { return refuse("it has not joined", connection) }
      members[connection]?.waiting = Waiting(step: step, maximum: maximum, sum: sum, since: now)
      return meet(at: now)
    case .evidence(let name, let content):
      guard let member = members[connection] else { return refuse("it has not joined", connection) }
      guard isFileName(name) else { return refuse("'\(name)' is not usable as a name", connection) }
      return [.keep(name: name, content: content, of: member.generator)]
    }
  }

  /// A connection is gone. The others go on without it, and what it lacks is missing by name in the merged run.
  package mutating func left(_ connection: Int, at now: Instant) -> [Action] {
    guard let member = members.removeValue(forKey: connection) else { return [] }
    if members.isEmpty, !hasBegun { plan = nil }
    return [.say("generator \(member.generator) of \(generators) has left")] + meet(at: now)
  }

  /// Gives those up whom the others have waited for too long.
  package mutating func clockMoved(to now: Instant) -> [Action] {
    let first = members.values.compactMap { $0.waiting?.since }.min()
    guard hasBegun, let first, now > first + Self.patience else { return [] }
    let late = members.filter { $0.value.waiting == nil }.sorted { $0.value.generator < $1.value.generator }
    return late.flatMap { connection, member in
      [.say("generator \(member.generator) of \(generators) does not come any more")]
        + refuse("the others have waited for \(Int(Self.patience.inSeconds)) s", connection)
        + left(connection, at: now)
    }
  }

  private mutating func join(_ plan: String, _ connection: Int) -> [Action] {
    if hasBegun || members.count == generators {
      return refuse("all \(generators) generators have come", connection)
    }
    if let first = self.plan, first != plan {
      return refuse("the others measure \(first), and this one would \(plan)", connection)
    }
    self.plan = plan
    let taken = Set(members.values.map(\.generator))
    let number = (1...generators).first { !taken.contains($0) } ?? generators
    members[connection] = Member(generator: number)
    return [
      .say("generator \(number) of \(generators) has come"),
      .send(.welcome(generator: number, of: generators, seed: seed), to: connection),
    ]
  }

  private func refuse(_ reason: String, _ connection: Int) -> [Action] {
    [.send(.refused(reason: reason), to: connection), .close(connection)]
  }

  /// Sends all on where all have come to the same step.
  private mutating func meet(at now: Instant) -> [Action] {
    guard !members.isEmpty, hasBegun || members.count == generators else { return [] }
    let waiting = members.values.compactMap(\.waiting)
    guard waiting.count == members.count else { return [] }
    let inOrder = members.sorted { $0.value.generator < $1.value.generator }
    guard Set(waiting.map(\.step)).count == 1 else {
      let steps = inOrder.compactMap { member in
        member.value.waiting.map { "generator \(member.value.generator) is at '\($0.step)'" }
      }
      members = [:]
      hasBegun = true
      return inOrder.flatMap { refuse("they are not at the same step: \(steps.joined(separator: ", "))", $0.key) }
    }
    hasBegun = true
    let go = DistributedReply.go(
      at: (now + Self.lead).nanoseconds, maximum: waiting.map(\.maximum).max() ?? 0,
      sum: waiting.map(\.sum).reduce(0, +))
    for connection in members.keys { members[connection]?.waiting = nil }
    return inOrder.map { .send(go, to: $0.key) }
  }
}
