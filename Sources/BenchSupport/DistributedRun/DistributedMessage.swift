import Foundation
import LoadEngine

/// What a generator says to the coordinator: a JSON object, one a line.
package enum DistributedRequest: Codable, Equatable, Sendable {
  /// `plan`: the settings that have to be the same for all.
  case join(plan: String)
  /// Asks for the coordinator's clock.
  case clock
  /// Has come to a step, and waits for the others. Of `maximum` the largest is wanted, of `sum` the sum of all.
  case ready(step: String, maximum: UInt64, sum: Int)
  /// An attachment, for the merged run.
  case evidence(name: String, content: Data)
}

/// What the coordinator says to a generator.
package enum DistributedReply: Codable, Equatable, Sendable {
  case welcome(generator: Int, of: Int, seed: UInt64)
  /// Nothing more comes after it.
  case refused(reason: String)
  case clock(nanoseconds: UInt64)
  /// All have come. What they wait for begins at this instant of the coordinator's clock.
  case go(at: UInt64, maximum: UInt64, sum: Int)
}

/// Why generators cannot measure together.
public enum DistributedRunError: Error, Equatable, Sendable, CustomStringConvertible {
  case unreachable(address: String, reason: String)
  case refused(address: String, reason: String)
  case lost(address: String)
  case listening(address: String, reason: String)
  /// Nobody, or not everybody, came in time.
  case incomplete(came: Int, expected: Int, after: Duration)
  case message(reason: String)
  case keeping(name: String, reason: String)

  public var description: String {
    switch self {
    case .unreachable(let address, let reason):
      "no coordinator at \(address) (\(CoordinatorAddress.variable)): \(reason); start it with: shootout coordinate --generators N"
    case .refused(let address, let reason): "the coordinator at \(address) refuses: \(reason)"
    case .lost(let address): "the coordinator at \(address) is gone; the raw results until here are kept"
    case .listening(let address, let reason): "cannot listen on \(address): \(reason)"
    case .incomplete(let came, let expected, let patience):
      "\(came) of \(expected) generators came within \(Int(patience.inSeconds)) s"
    case .message(let reason): "a message of the distributed run cannot be read: \(reason)"
    case .keeping(let name, let reason): "the raw results \(name) cannot be kept: \(reason)"
    }
  }
}
