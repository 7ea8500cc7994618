import BenchTesting
import Testing

extension Exclusive {
  @Suite struct Parity {}
}
