import Foundation
import Glibc
import LoadEngine
import Results
import WireFormats

/// A generator's place among several that load the same servers at the same time.
public final class DistributedRun: @unchecked Sendable {
  public let place: DistributedPlace
  private let address: String
  private let channel: LineChannel

  /// What all have agreed on.
  package struct Agreement: Equatable {
    /// On this machine's clock.
    package var instant: Instant
    /// How far the instant may lie from that of the others: half of the fastest answer's time.
    package var uncertainty: Duration
    package var maximum: UInt64
    package var sum: Int
  }

  /// Finds its place. Waits for a coordinator that is not there yet.
  ///
  /// - Parameter plan: the settings that have to be the same for all, in words.
  public static func join(
    _ coordinator: Endpoint, plan: String, patience: Duration = .seconds(300)
  ) throws -> DistributedRun {
    let channel = try connect(coordinator, until: Instant.now() + patience)
    _ = try channel.send(DistributedRequest.join(plan: plan))
    switch try channel.receive(DistributedReply.self) {
    case .welcome(let generator, let generators, let seed):
      let place = DistributedPlace(generator: generator, generators: generators, seed: seed)
      return DistributedRun(place, coordinator.authority, channel)
    case .refused(let reason): throw DistributedRunError.refused(address: coordinator.authority, reason: reason)
    case .clock, .go: throw DistributedRunError.message(reason: "no answer to joining")
    case nil: throw DistributedRunError.lost(address: coordinator.authority)
    }
  }

  private init(_ place: DistributedPlace, _ address: String, _ channel: LineChannel) {
    self.place = place
    self.address = address
    self.channel = channel
  }

  /// Waits until all have come to the step, and agrees with them on an instant that is still to come.
  ///
  /// - Parameters:
  ///   - maximum: the largest of all is agreed on.
  ///   - sum: all of them are added up.
  package func meet(_ step: String, maximum: UInt64 = 0, sum: Int = 0) throws -> Agreement {
    let clock = try clockOffset()
    switch try ask(.ready(step: step, maximum: maximum, sum: sum)) {
    case .go(let at, let maximum, let sum):
      return Agreement(
        instant: Instant(nanoseconds: at &- UInt64(bitPattern: clock.offset)), uncertainty: clock.uncertainty,
        maximum: maximum, sum: sum)
    case .refused(let reason): throw DistributedRunError.refused(address: address, reason: reason)
    case .welcome, .clock: throw DistributedRunError.message(reason: "no answer to '\(step)'")
    }
  }

  /// Gives the coordinator a copy of an attachment, for the merged run.
  public func handOver(_ content: [UInt8], named name: String) throws {
    guard try channel.send(DistributedRequest.evidence(name: name, content: Data(content))) else {
      throw DistributedRunError.lost(address: address)
    }
  }

  private func ask(_ request: DistributedRequest) throws -> DistributedReply {
    guard try channel.send(request), let reply = try channel.receive(DistributedReply.self) else {
      throw DistributedRunError.lost(address: address)
    }
    return reply
  }

  /// How far the coordinator's clock is ahead of this machine's, from the fastest of some answers: whatever the way there
  /// and the way back took, the clock was read between them. Source: RFC 5905, section 8.
  ///
  /// Anew for each step, because two clocks drift apart by some milliseconds in an hour.
  private func clockOffset() throws -> (offset: Int64, uncertainty: Duration) {
    var best: (offset: Int64, uncertainty: UInt64)?
    for _ in 0..<5 {
      let asked = Instant.now()
      guard case .clock(let theirs) = try ask(.clock) else { throw DistributedRunError.message(reason: "no clock") }
      let half = Instant.now().nanoseconds(since: asked) / 2
      let offset = Int64(bitPattern: theirs &- (asked.nanoseconds &+ half))
      if best.map({ half < $0.uncertainty }) ?? true { best = (offset, half) }
    }
    return (best?.offset ?? 0, .nanoseconds(Int64(best?.uncertainty ?? 0)))
  }

  private static func connect(_ endpoint: Endpoint, until deadline: Instant) throws -> LineChannel {
    while true {
      var reasons: [String] = []
      do throws(EndpointError) {
        let addresses = try endpoint.addresses()
        for address in addresses {
          do throws(SystemError) { return try connect(address) } catch {
            reasons.append(addresses.count > 1 ? "\(address): \(error)" : "\(error)")
          }
        }
      } catch {
        reasons = ["\(error)"]
      }
      guard Instant.now() < deadline else {
        throw DistributedRunError.unreachable(address: endpoint.authority, reason: reasons.joined(separator: "; "))
      }
      usleep(200_000)
    }
  }

  private static func connect(_ address: SocketAddress) throws(SystemError) -> LineChannel {
    let descriptor = socket(
      Int32(address.storage.ss_family), Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemError("socket", errno) }
    let channel = LineChannel(descriptor: descriptor)
    let status = withUnsafeBytes(of: address.storage) {
      Glibc.connect(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), address.length)
    }
    guard status == 0 else { throw SystemError("connect", errno) }
    return channel
  }
}
