import BenchTesting
import Testing

extension Exclusive {
  /// The contestants answer alike, apart from what `docs/endpoints.md` documents.
  @Suite struct Parity {}
}
