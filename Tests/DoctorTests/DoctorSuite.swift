import BenchTesting
import Testing

extension Exclusive {
  /// The specification of Doctor, one nested suite per type.
  @Suite struct DoctorTests {}
}
