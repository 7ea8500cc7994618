import CLinux
import Foundation

/// A connection of TCP over the loopback interface of this machine, IPv4, by its two ports.
package struct LoopbackConnection {
  private let server: UInt16
  private let client: UInt16

  package init(server: UInt16, client: UInt16) {
    (self.server, self.client) = (server, client)
  }

  /// What the server has received of it and not read; nil where there is no such connection.
  package var unreadBytes: Int? {
    var bytes: UInt32 = 0
    if clinux_unread_bytes(server, client, &bytes) == 0 { return Int(bytes) }
    // Also of a kernel that cannot be asked for one. To read the table takes milliseconds.
    return unreadBytes(inTable: ProcFile.bytes("/proc/net/tcp") ?? [])
  }

  /// The same by the text of `/proc/net/tcp`, which has a line for each connection that was closed in the last minute: so it
  /// looks for the two ports, and reads no other line. Source: Linux, `Documentation/networking/proc_net_tcp.rst`.
  func unreadBytes(inTable table: [UInt8]) -> Int? {
    let (own, other) = (Array(String(format: ":%04X ", server).utf8), Array(String(format: ":%04X ", client).utf8))
    var begin = 0
    while let found = Self.firstIndex(of: own, in: table, from: begin) {
      begin = found + own.count
      // `:1F43 0100007F:C350 01 00000000:00008000`: the ends, the state, and what was not sent and not read.
      let ends = begin + 8
      let waiting = ends + other.count + 3 + 9
      guard waiting + 8 <= table.count else { return nil }
      if table[ends..<ends + other.count].elementsEqual(other) {
        return Int(String(decoding: table[waiting..<waiting + 8], as: UTF8.self), radix: 16)
      }
    }
    return nil
  }

  private static func firstIndex(of pattern: [UInt8], in bytes: [UInt8], from begin: Int) -> Int? {
    // Both end with a zero for the C library, which is fast also where nothing is optimized.
    (bytes + [0]).withUnsafeBytes { bytes in
      (pattern + [0]).withUnsafeBytes { pattern in
        guard let text = bytes.assumingMemoryBound(to: CChar.self).baseAddress,
          let searched = pattern.assumingMemoryBound(to: CChar.self).baseAddress,
          let found = strstr(text + begin, searched)
        else { return nil }
        return text.distance(to: found)
      }
    }
  }
}
