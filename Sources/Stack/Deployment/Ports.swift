import Glibc
import LoadEngine
import Machine
import WireFormats

/// Who listens on a port, from `/proc/net/tcp`, `/proc/net/tcp6` and the descriptors of all processes.
///
/// Source: Linux `Documentation/networking/proc_net_tcp.rst`.
package struct PortHolder {
  /// The inodes of the sockets that listen on a port and would be in the way of one on 127.0.0.1.
  static func listeningInodes(_ text: some StringProtocol, port: Int) -> [UInt64] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      guard fields.count >= 10, fields[3] == "0A" else { return nil }
      let address = fields[1].split(separator: ":")
      guard address.count == 2, Int(address[1], radix: 16) == port, blocksLoopback(String(address[0])) else {
        return nil
      }
      return UInt64(fields[9])
    }
  }

  /// 127.0.0.0/8 or any address, as the kernel prints them: 32-bit words of the machine's byte order.
  private static func blocksLoopback(_ address: String) -> Bool {
    if address.allSatisfy({ $0 == "0" }) { return true }
    return address.hasSuffix("7F") && (address.count == 8 || address.hasPrefix("0000000000000000FFFF0000"))
  }

  package static func isFree(_ port: Int) -> Bool {
    inodes(port).isEmpty
  }

  /// The processes that hold the port; empty where it is free or they belong to another account.
  package static func processes(on port: Int) -> [Int32] {
    let targets = Set(inodes(port).map { "socket:[\($0)]" })
    guard !targets.isEmpty else { return [] }
    return ProcFile.processes().filter { pid in
      ProcFile.entries("/proc/\(pid)/fd").contains {
        ProcFile.link("/proc/\(pid)/fd/\($0)").map(targets.contains) ?? false
      }
    }
  }

  static func inUse(by holders: [Int32], wantedBy target: Target) -> DeploymentError {
    let shown = holders.isEmpty ? ["a process of another account or container"] : holders.map { describeProcess($0) }
    return .portInUse(port: target.port, wantedBy: target.name, holders: shown)
  }

  private static func inodes(_ port: Int) -> [UInt64] {
    ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listeningInodes(ProcFile.text($0) ?? "", port: port) }
  }

  /// A port of the loopback address that nothing uses now.
  package static func findFree() throws(DeploymentError) -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(call: "socket", errno: errno) }
    defer { close(descriptor) }
    var address = LoopbackProbe.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
      }
    }
    guard result == 0 else { throw .system(call: "bind", errno: errno) }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

/// The process of the engine that carries what comes to a published port into the container and back. It takes CPU time
/// that is neither the target's nor other work's.
enum PortProxy {
  static func find(port: Int) -> ProcessIdentity? {
    let pid = ProcFile.processes().first { isProxy(ProcFile.words("/proc/\($0)/cmdline") ?? [], port: port) }
    return pid.flatMap { ProcessIdentity(pid: $0) }
  }

  /// Whether these are the words of the proxy of a port: `docker-proxy … -host-port 8001 …`.
  static func isProxy(_ words: [String], port: Int) -> Bool {
    guard let program = words.first, program.split(separator: "/").last == "docker-proxy",
      let option = words.firstIndex(of: "-host-port"), option + 1 < words.count
    else { return false }
    return words[option + 1] == String(port)
  }
}

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
