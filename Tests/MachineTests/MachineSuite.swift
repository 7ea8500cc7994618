import BenchTesting
import Testing

extension Exclusive {
  /// What of the machine starts processes or needs it for itself.
  @Suite struct MachineTests {}
}
