import BenchTesting
import Testing

extension Exclusive {
  /// The specification of LoadEngine, one nested suite per type.
  @Suite struct LoadEngineSpecification {}
}
