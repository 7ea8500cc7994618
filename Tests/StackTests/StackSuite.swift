import BenchTesting
import Testing

extension Exclusive {
  /// The specification of Stack, one nested suite per type.
  @Suite struct StackTests {}
}
