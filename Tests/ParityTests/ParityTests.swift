import BenchTesting
import Testing

extension Exclusive {
  /// The targets answer alike, apart from what `docs/endpoints.md` documents.
  @Suite struct ParityTests {}
}
