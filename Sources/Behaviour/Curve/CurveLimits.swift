import Foundation
import Glibc
import LoadEngine
import Machine
import Stack

/// What of this machine bounds how many connections a load may have.
package struct CurveLimits: Equatable, Sendable {
  /// Of this process; a connection takes one.
  package var openFiles: Int
  /// Of a process of the server under the tightest limit; nil where it is not seen.
  package var serverOpenFiles: Int?
  /// How many connections to one address may be open from here; nil where it is not known.
  package var ports: Int?
  /// Available to the server; nil where it is not known.
  package var memoryBytes: Int?

  package init(openFiles: Int, serverOpenFiles: Int? = nil, ports: Int? = nil, memoryBytes: Int? = nil) {
    self.openFiles = openFiles
    self.serverOpenFiles = serverOpenFiles
    self.ports = ports
    self.memoryBytes = memoryBytes
  }

  /// Those of this machine and of the servers that are up on it.
  package static func read(_ stack: Stack) -> CurveLimits {
    let servers = stack.servers.compactMap { $0.process.flatMap { openFiles(ofProcess: $0.pid) } }
    let containers = stack.servers.compactMap { $0.container?.memoryBytes }
    let available = (ProcFile.text("/proc/meminfo") ?? "").firstMatch(of: /MemAvailable:\s+(\d+) kB/)
      .flatMap { Int($0.1) }.map { $0 * 1024 }
    let ports = (ProcFile.text("/proc/sys/net/ipv4/ip_local_port_range") ?? "").split(whereSeparator: \.isWhitespace)
      .compactMap { Int($0) }
    return CurveLimits(
      openFiles: ownOpenFiles, serverOpenFiles: servers.min(),
      ports: ports.count == 2 && ports[0] <= ports[1] ? ports[1] - ports[0] + 1 : nil,
      memoryBytes: (containers + [available].compactMap(\.self)).min())
  }

  /// setrlimit(2): what this process may open, and with it the servers that it has started, as far as it may raise that itself.
  package static func raiseOpenFiles() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(most))
    _ = setrlimit(resource, &limit)
  }

  /// More than any level asks for. Some programs close every file that they might have.
  private static let most = 65_536

  private static var ownOpenFiles: Int {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
  }

  private static func openFiles(ofProcess pid: Int32) -> Int? {
    (ProcFile.text("/proc/\(pid)/limits") ?? "").firstMatch(of: /Max open files\s+(\d+)/).flatMap { Int($0.1) }
  }
}

extension CurveLimits {
  /// What else is open: logs, libraries, connections to the database, what an engine needs for itself.
  private static let otherFiles = 256

  /// Why so many connections cannot be tried with exchanges of so many bytes; nil where they can.
  ///
  /// - Parameter bytes: of a request and its answer. A server may hold both of every connection, and copies of them.
  package func obstacle(to connections: Int, bytesOfExchange bytes: Int) -> String? {
    if connections + Self.otherFiles > openFiles {
      return "\(openFiles) files may be open here (ulimit -n)"
    }
    // Its workers share them as it happens: one may get all.
    if let serverOpenFiles, connections + Self.otherFiles > serverOpenFiles {
      return "a server may have \(serverOpenFiles) files open"
    }
    // Those of the connections before may still be waiting for their end.
    if let ports, connections * 2 > ports {
      return "\(ports) ports are there for connections to one address (net.ipv4.ip_local_port_range)"
    }
    if let memoryBytes, connections * bytes * 2 > memoryBytes / 2 {
      return "\(memoryBytes >> 20) MiB of memory are available, and each exchange moves \(max(1, bytes >> 20)) MiB"
    }
    return nil
  }
}
