import BenchSupport
import Foundation
import Testing

/// The root of every suite in this package: one test at a time.
///
/// `swift test` runs all test targets in one process and their suites side by side. A measurement
/// shares the machine with nothing it can avoid, so each test target extends this one suite.
@Suite(.serialized, .validSettings) public struct Exclusive {}

/// Checks the settings around a suite, before its first test: one that makes no sense is one issue, and no test runs. A
/// condition would not do, as it is an issue of every test below it.
public struct SettingsTrait: SuiteTrait, TestScoping {
  fileprivate let check: @Sendable () throws -> Void

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try check()
    try await function()
  }
}

extension Trait where Self == SettingsTrait {
  static var validSettings: Self { Self { try Configuration.check() } }

  /// Of tests that measure.
  public static var measurable: Self {
    Self {
      guard let obstacle = try Configuration.read(scenarios: nil).obstacle else { return }
      throw obstacle.asTyped(ProcessInfo.processInfo.environment)
    }
  }
}
