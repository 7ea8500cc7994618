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
    #expect(PieceRelay.waitingBytes(table, server: 8003, client: 50000) == 32768)
    #expect(PieceRelay.waitingBytes(table, server: 50000, client: 8003) == 0)
    #expect(PieceRelay.waitingBytes(table, server: 8003, client: 50001) == nil)
    #expect(PieceRelay.waitingBytes("", server: 8003, client: 50000) == nil)
  }
}
