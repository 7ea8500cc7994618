import BenchTesting
import Testing

extension Exclusive {
  /// What measures, or keeps to a schedule, and so needs the machine for itself. All else is beside it, and begins so many
  /// requests instead of loading a server for a time.
  @Suite struct LoadEngineTests {}
}
