import BenchTesting
import Testing

extension Exclusive {
  /// The specification of Machine, one nested suite per type.
  @Suite struct MachineTests {}
}
