import BenchTesting
import Results
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  /// When a warm-up has lasted long enough.
  @Suite struct WarmUpTests {
    private let steady = (0..<20).map { 100 + $0 % 3 }

    @Test func `a throughput that is steady from the start ends the warm-up after its first part`() {
      var warmUp = WarmUp(.quick)
      #expect(!warmUp.isOver)
      warmUp.add(verified: steady, seconds: 1)
      #expect(warmUp.isOver)
      #expect(warmUp.figures == WarmUpFigures(lengthS: 1, isSteady: true))
    }

    @Test func `a throughput that rises until near the end has the warm-up go on until it no longer does`() {
      var warmUp = WarmUp(.quick)
      warmUp.add(verified: (0..<20).map { $0 < 14 ? 10 * $0 : 150 }, seconds: 1)
      #expect(!warmUp.isOver)
      warmUp.add(verified: [Int](repeating: 150, count: 20), seconds: 1)
      #expect(warmUp.isOver)
      #expect(warmUp.figures == WarmUpFigures(lengthS: 2, isSteady: true))
    }

    @Test func `a throughput that never becomes steady ends the warm-up after three parts, and it is told`() {
      var warmUp = WarmUp(.standard)
      // Each time it has found its place when seven tenths are over, it finds another one, ten times as high.
      for (part, place) in [100, 1_000, 10_000].enumerated() {
        #expect(!warmUp.isOver)
        let before = part == 0 ? 10 : place / 10
        let steps = [14, 8, 2][part]
        warmUp.add(verified: (0..<20).map { $0 < steps ? before : place }, seconds: 1)
      }
      #expect(warmUp.isOver)
      #expect(warmUp.figures == WarmUpFigures(lengthS: 3, isSteady: false))
    }

    @Test func `tests of the suite itself warm up once, steady or not`() {
      var warmUp = WarmUp(.smoke)
      warmUp.add(verified: (0..<20).map { $0 * 10 }, seconds: 0.3)
      #expect(warmUp.isOver && !warmUp.isSteady)
    }
  }
}
