import Foundation
import Results
import Stack
import Synchronization

/// Counts several targets, as many at once as there are processors, two at most: counts do not change by it.
package struct CountRun: Sendable {
  private let configuration: Configuration
  private let stack: Stack
  private let programs: CountingPrograms
  private let interrupts: Interrupts

  private static let mostAtOnce = 2

  /// - Parameter stack: its servers are processes of this machine.
  package init(
    _ configuration: Configuration, stack: Stack, programs: CountingPrograms, interrupts: Interrupts
  ) {
    self.configuration = configuration
    self.stack = stack
    self.programs = programs
    self.interrupts = interrupts
  }

  /// By scenario and target, in the order of the configuration.
  ///
  /// - Parameter progress: gets each count as soon as it is there, from several threads.
  /// - Throws: the first error; what was counted until then is in `progress`.
  package func run(progress: @escaping @Sendable (ExchangeCount) -> Void) throws -> [ExchangeCount] {
    let counts = Mutex<[ExchangeCount]>([])
    let failure = Mutex<(any Error)?>(nil)
    let folder = FileManager.default.temporaryDirectory.path + "/shootout-count-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = min(Self.mostAtOnce, ProcessInfo.processInfo.activeProcessorCount)
    for target in configuration.targets {
      queue.addOperation { [self] in
        guard failure.withLock({ $0 == nil }) else { return }
        do {
          guard let server = stack[target.name] else { throw MeasuringError.notUp(target.name) }
          try TargetCount(
            configuration: configuration, stack: stack, server: server, programs: programs, interrupts: interrupts,
            isCalledOff: { failure.withLock { $0 != nil } }
          ).run(in: "\(folder)/\(target.name)") { count in
            counts.withLock { $0.append(count) }
            progress(count)
          }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    queue.waitUntilAllOperationsAreFinished()
    if let error = failure.withLock({ $0 }) { throw error }
    let places = configuration.scenarios.flatMap { scenario in configuration.targets.map { [scenario, $0.name] } }
    return counts.withLock { $0 }.sorted {
      places.firstIndex(of: [$0.scenario, $0.framework]) ?? 0 < places.firstIndex(of: [$1.scenario, $1.framework]) ?? 0
    }
  }
}
