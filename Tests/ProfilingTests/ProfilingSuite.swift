import BenchTesting
import Testing

extension Exclusive {
  /// The specification of Profiling, one nested suite per type.
  @Suite struct ProfilingTests {}
}
