import Foundation
import Machine
import Stack

/// A process of a server that serves connections and is not its leader: one that may be killed to see what becomes of it.
///
/// Who serves is told by who has accepted connections: a server also has helpers, such as the resource tracker of Python's
/// `multiprocessing`, that nobody would call a worker.
struct ServingWorker: Equatable {
  var process: ProcessIdentity
  /// How many connections to the server's port it has.
  var connections: Int

  /// The one with the most connections, so that its end is felt; the first of several. nil where only the leader serves, or
  /// where its processes cannot be seen.
  static func busiest(of server: Stack.Server) -> ServingWorker? {
    guard let leader = server.process,
      let members = ProcessTree(leader: leader).members(of: ProcessStat.readAll())
    else { return nil }
    let accepted = Set(
      ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { acceptedInodes(ProcFile.text($0) ?? "", port: server.port) })
    let workers = members.filter { $0.pid != leader.pid && !$0.isZombie }.map { member in
      ServingWorker(
        process: member.identity,
        connections: sockets(of: member.pid).count { accepted.contains($0) })
    }
    return workers.filter { $0.connections > 0 }.max { $0.connections < $1.connections }
  }

  /// The inodes of the established sockets whose own port it is, from a file such as `/proc/net/tcp`. Source: Linux
  /// `Documentation/networking/proc_net_tcp.rst`.
  static func acceptedInodes(_ text: some StringProtocol, port: Int) -> [UInt64] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      guard fields.count >= 10, fields[3] == "01", let own = fields[1].split(separator: ":").last,
        Int(own, radix: 16) == port
      else { return nil }
      return UInt64(fields[9])
    }
  }

  private static func sockets(of pid: Int32) -> [UInt64] {
    ProcFile.entries("/proc/\(pid)/fd").compactMap { name in
      guard let link = ProcFile.link("/proc/\(pid)/fd/\(name)"), link.hasPrefix("socket:[") else { return nil }
      return UInt64(link.dropFirst("socket:[".count).dropLast())
    }
  }
}
