import Machine

/// The process of the engine that carries what comes to a published port into the container and back. It takes CPU time
/// that is neither the target's nor other work's.
package enum PortProxy {
  package static func find(port: Int) -> ProcessIdentity? {
    let pid = ProcFile.processes().first { isProxy(ProcFile.words("/proc/\($0)/cmdline") ?? [], port: port) }
    return pid.flatMap { ProcessIdentity(pid: $0) }
  }

  /// Whether these are the words of the proxy of a port: `docker-proxy … -host-port 8001 …`.
  package static func isProxy(_ words: [String], port: Int) -> Bool {
    guard let program = words.first, program.split(separator: "/").last == "docker-proxy",
      let option = words.firstIndex(of: "-host-port"), option + 1 < words.count
    else { return false }
    return words[option + 1] == String(port)
  }
}
