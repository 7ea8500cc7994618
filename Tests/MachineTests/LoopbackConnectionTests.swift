import Foundation
import LoadEngine
import TestSupport
import Testing

@testable import Machine

@Suite struct LoopbackConnectionTests {
  private let table = Array(
    """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 0100007F:1F43 00000000:0000 0A 00000000:00000001 00:00000000 00000000   999        0 1 1 0
       1: 0100007F:1F43 0100007F:C350 01 00000000:00008000 00:00000000 00000000   999        0 2 1 0
       2: 0100007F:C350 0100007F:1F43 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0
    """.utf8)

  private func unread(_ server: UInt16, _ client: UInt16, _ table: [UInt8]) -> Int? {
    LoopbackConnection(server: server, client: client).unreadBytes(inTable: table)
  }

  @Test("What a server has not read is in its end of the connection")
  func ends() {
    #expect(unread(8003, 50000, table) == 32768)
    #expect(unread(50000, 8003, table) == 0)
    #expect(unread(8003, 50001, table) == nil)
    #expect(unread(8003, 50000, []) == nil)
  }

  @Test("A table that ends in the middle of a line tells nothing of it")
  func cut() {
    for count in table.indices {
      let unread = unread(8003, 50000, Array(table[..<count]))
      #expect(unread == nil || unread == 32768)
    }
  }

  @Test("The kernel says of a real connection how much of it is not read, and so does its table")
  func connection() throws {
    let listener = ListeningSocket()
    defer { close(listener.descriptor) }
    let (client, clientPort) = try listener.connect()
    defer { close(client) }
    let server = accept(listener.descriptor, nil, nil)
    defer { close(server) }
    let connection = LoopbackConnection(server: listener.port, client: clientPort)
    func unread() -> [Int?] {
      [connection.unreadBytes, connection.unreadBytes(inTable: ProcFile.bytes("/proc/net/tcp") ?? [])]
    }
    #expect(unread() == [0, 0])
    #expect(send(client, [UInt8](repeating: 7, count: 300), 300, 0) == 300)
    let deadline = Instant.now() + .seconds(10)
    while unread() != [300, 300], Instant.now() < deadline { usleep(1000) }
    #expect(unread() == [300, 300])
    var bytes = [UInt8](repeating: 0, count: 100)
    #expect(recv(server, &bytes, 100, 0) == 100)
    #expect(unread() == [200, 200])
    #expect(LoopbackConnection(server: clientPort, client: clientPort).unreadBytes == nil)
  }
}
