import Glibc
import LoadEngine
import WireFormats

/// One GET to a server of this machine, to see whether it answers. Nothing is measured with it.
package enum LoopbackProbe {
  /// The status code; nil where there was no answer in time.
  package static func status(port: Int, path: String, timeout: Duration) -> Int? {
    let endpoint = Endpoint(host: "127.0.0.1", port: UInt16(port))
    let request = HTTPRequest("GET", path, fields: [HTTPField("connection", "close")])
    guard var conversation = try? Conversation(to: endpoint, timeout: timeout) else { return nil }
    return try? conversation.exchange(request).status
  }

  package static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }
}
