import Testing

@testable import BenchSupport

@Suite struct PieceRelayTests {
  @Test("A thread sleeps by the letter after its name")
  func state() {
    #expect(PieceRelay.sleeps(Array("12 (python) S 1 12 12 0".utf8)))
    #expect(PieceRelay.sleeps(Array("12 (a) R (b) S 1".utf8)))
    #expect(!PieceRelay.sleeps(Array("12 (S) S) R 1".utf8)))
    #expect(!PieceRelay.sleeps(Array("12 (python)".utf8)) && !PieceRelay.sleeps([]))
  }
}
