import BenchTesting
import Testing

extension Exclusive {
  /// The specification of Gate, one nested suite per type.
  @Suite struct GateTests {}
}
