import Foundation
import LoadEngine
import Stack
import Synchronization

/// Ends the load that runs when the run is called off, and says so to whoever would begin another one.
package final class LoadCancellation: Sendable {
  private let state = Mutex<(monitor: LoadMonitor?, cause: String?)>((nil, nil))

  /// A server on the same terminal gets the same Ctrl-C, and may be gone a moment before anybody here knows why.
  private static let patience = Duration.milliseconds(300)

  package init(_ interrupts: Interrupts) {
    Thread.detachNewThread { [weak self] in
      // A second signal cuts off what is in flight.
      while true {
        let error = interrupts.waitForever()
        guard let self else { return }
        self.cancel(error.cause)
      }
    }
  }

  /// Of a run that nothing calls off.
  package init() {}

  package func cancel(_ cause: String) {
    state.withLock { state in
      if state.cause == nil { state.cause = cause }
      state.monitor?.cancel()
    }
  }

  /// For a load that is about to begin.
  package func monitor() throws(CalledOff) -> LoadMonitor {
    let monitor = LoadMonitor()
    try check()
    state.withLock { $0.monitor = monitor }
    return monitor
  }

  /// Throws where the run was called off.
  package func check() throws(CalledOff) {
    if let cause = state.withLock({ $0.cause }) { throw CalledOff(cause: cause) }
  }

  /// The same, of somebody who found a server gone.
  package func checkPatiently() throws(CalledOff) {
    usleep(UInt32(Self.patience.inSeconds * 1e6))
    try check()
  }
}

/// A run was ended before its time: by Ctrl-C, or with those it works for.
package struct CalledOff: Error, Equatable, CustomStringConvertible {
  package var cause: String

  package var description: String { "ended by \(cause)" }
}

extension DeploymentError {
  fileprivate var cause: String {
    if case .interrupted(let signal) = self { signal } else { "\(self)" }
  }
}
