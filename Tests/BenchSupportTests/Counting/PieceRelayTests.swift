import Testing

@testable import BenchSupport

@Suite struct PieceRelayTests {
  private let table = """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 0100007F:1F43 00000000:0000 0A 00000000:00000001 00:00000000 00000000   999        0 1 1 0
       1: 0100007F:1F43 0100007F:C350 01 00000000:00008000 00:00000000 00000000   999        0 2 1 0
       2: 0100007F:C350 0100007F:1F43 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0
    """

  @Test("What a server has not read is in its end of the connection")
  func waiting() {
    #expect(PieceRelay.waitingBytes(Array(table.utf8), server: 8003, client: 50000) == 32768)
    #expect(PieceRelay.waitingBytes(Array(table.utf8), server: 50000, client: 8003) == 0)
    #expect(PieceRelay.waitingBytes(Array(table.utf8), server: 8003, client: 50001) == nil)
    #expect(PieceRelay.waitingBytes([], server: 8003, client: 50000) == nil)
  }

  @Test("A table that ends in the middle of a line tells nothing of it")
  func cut() {
    let text = Array(table.utf8)
    for count in text.indices {
      let waiting = PieceRelay.waitingBytes(Array(text[..<count]), server: 8003, client: 50000)
      #expect(waiting == nil || waiting == 32768)
    }
  }

  @Test("A thread sleeps by the letter after its name")
  func state() {
    #expect(PieceRelay.sleeps(Array("12 (python) S 1 12 12 0".utf8)))
    #expect(PieceRelay.sleeps(Array("12 (a) R (b) S 1".utf8)))
    #expect(!PieceRelay.sleeps(Array("12 (S) S) R 1".utf8)))
    #expect(!PieceRelay.sleeps(Array("12 (python)".utf8)) && !PieceRelay.sleeps([]))
  }
}
