import BenchTesting
import Testing

extension Exclusive {
  /// What of the stack starts servers or needs the machine for itself.
  @Suite struct StackTests {}
}
