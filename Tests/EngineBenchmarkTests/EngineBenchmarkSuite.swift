import BenchTesting
import Testing

extension Exclusive {
  /// The specification of EngineBenchmark, one nested suite per type.
  @Suite struct EngineBenchmarkTests {}
}
