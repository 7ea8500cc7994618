import Testing

/// The root of every suite in this package: one test at a time.
///
/// `swift test` runs all test targets in one process and their suites side by side. A measurement
/// shares the machine with nothing it can avoid, so each test target extends this one suite.
@Suite(.serialized) public struct Exclusive {}
