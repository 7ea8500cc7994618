import BenchSupport
import Foundation
import Stack
import Synchronization
import Testing

/// The stack that the tests of this process run against.
///
/// The first test that asks brings up what is missing; later ones, also at the same time, get the same stack. What was
/// started for the tests goes down when this process ends, however it ends; where it ends by itself, it waits for that.
public actor StackUnderTest {
  private static let current = StackUnderTest()
  /// For the end of the process, which has no other way to reach it.
  private static let held = Mutex<StackLease?>(nil)
  private var lease: Task<StackLease, any Error>?

  /// - Parameter configuration: counts for the first call.
  public static func shared(_ configuration: Configuration) async throws -> Stack {
    try await lease(configuration).stack
  }

  /// The same, for whoever starts servers anew.
  static func lease(_ configuration: Configuration) async throws -> StackLease {
    try await current.take(configuration)
  }

  /// With the settings of the environment.
  public static func shared() async throws -> Stack {
    try await shared(Configuration.read(scenarios: nil))
  }

  private func take(_ configuration: Configuration) async throws -> StackLease {
    let isFirst = lease == nil
    let task =
      lease
      ?? Task.detached {
        EarlyEnd.watch()
        let lease = try StackLease.take(
          configuration.stack, executable: CommandLineProgram.path(configuration.checkout), run: EarlyEnd.run?.path,
          progress: { print($0) })
        Self.held.withLock { $0 = lease }
        atexit {
          // Copies of servers that are counted use the stack, and hold its network.
          CountRun.end()
          StackUnderTest.held.withLock { $0 }?.giveBack()
        }
        return lease
      }
    lease = task
    do {
      return try await task.value
    } catch {
      // One issue says why nothing is up; the others would say the same.
      #if compiler(>=6.3)
        if !isFirst { try Test.cancel("nothing is up, and an earlier test says why") }
      #endif
      throw error
    }
  }
}
