import BenchTesting
import Testing

extension Exclusive {
  /// The specification of BenchSupport, one nested suite per type.
  @Suite struct BenchSupportTests {}
}
