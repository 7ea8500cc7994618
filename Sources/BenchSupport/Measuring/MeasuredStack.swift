import Stack
import Synchronization

/// The stack that a run measures, and who looks after it. Its servers may be started anew between rounds; whoever asks
/// afterwards gets the new ones.
public final class MeasuredStack: Sendable {
  private let current: Mutex<(stack: Stack, watch: StackWatch)>
  private let restart: @Sendable ([String]) throws -> Stack
  /// The targets that were loaded since they were started, as far as this value knows.
  private let loaded = Mutex<Set<String>>([])

  /// - Parameter restart: stops these targets, starts them again, and returns what is up then.
  public init(_ stack: Stack, restart: @escaping @Sendable ([String]) throws -> Stack) {
    current = Mutex((stack, StackWatch(stack)))
    self.restart = restart
  }

  public var stack: Stack { current.withLock { $0.stack } }
  package var watch: StackWatch { current.withLock { $0.watch } }

  /// What one start of a server decides is decided anew: where its memory comes to lie, which seeds it draws.
  package func startAnew(_ names: [String]) throws {
    let stack = try restart(names)
    loaded.withLock { $0.subtract(names) }
    current.withLock { $0 = (stack, StackWatch(stack)) }
  }

  /// The anonymous memory of a target before any load of this run reaches this start of it, in bytes; nil where it was loaded already, or is
  /// not seen. To be asked before each first load.
  package func memoryAtRest(of name: String) -> Int? {
    guard loaded.withLock({ $0.insert(name).inserted }) else { return nil }
    return stack.anonymousMemoryBytes(of: name)
  }
}
