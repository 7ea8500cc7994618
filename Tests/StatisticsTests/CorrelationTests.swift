import TestSupport
import Testing

@testable import Statistics

@Suite struct CorrelationTests {
  /// R: x <- c(1, 2, 3, 4, 10); y <- c(2, 1, 4, 3, 5); cor(x, y); cor(x, y, method = "spearman")
  @Test func `it is that of R`() {
    let pairs = [(1.0, 2.0), (2, 1), (3, 4), (4, 3), (10, 5)].map { (x: $0.0, y: $0.1) }
    #expect(isClose(Correlation.linear(pairs), 0.804_984, within: 1e-6))
    #expect(isClose(Correlation.ofRanks(pairs), 0.8, within: 1e-12))
  }

  @Test func `equal figures share the mean of their ranks`() {
    // R: cor(c(1, 1, 2, 3), c(1, 2, 3, 3), method = "spearman")
    let pairs = [(1.0, 1.0), (1, 2), (2, 3), (3, 3)].map { (x: $0.0, y: $0.1) }
    #expect(isClose(Correlation.ofRanks(pairs), 0.888_889, within: 1e-6))
  }

  @Test func `two pairs, or a figure that never changes, have none`() {
    #expect(Correlation.linear([(1, 1), (2, 2)]) == nil)
    #expect(Correlation.linear([(1, 1), (1, 2), (1, 3)]) == nil)
    #expect(Correlation.ofRanks([]) == nil)
  }
}
