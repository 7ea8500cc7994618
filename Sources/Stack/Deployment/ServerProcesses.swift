import Foundation
import Glibc
import LoadEngine
import Machine

/// The processes of targets, found by what cannot be another's: the mark in their environment, which every
/// child inherits, also one whose parent is gone.
package struct ServerProcesses {
  package var state: StateDirectory

  package init(state: StateDirectory) {
    self.state = state
  }

  /// The variable that marks a target's processes. Its value is the working directory of the target.
  package static let mark = "SHOOTOUT_TARGET"

  /// Stands for a target's name on the programs that install its requirements.
  static let setUp = "set-up"

  /// Those that run now, by target. Ended ones whose parent has not noticed yet do not count.
  package func running() -> [String: [ProcessStat]] {
    let prefix = "\(Self.mark)=\(state.work(""))"
    var found: [String: [ProcessStat]] = [:]
    for process in ProcessStat.readAll() where !process.isZombie && process.pid != getpid() {
      let variables = ProcFile.words("/proc/\(process.pid)/environ") ?? []
      guard let variable = variables.first(where: { $0.hasPrefix(prefix) }) else { continue }
      found[String(variable.dropFirst(prefix.count)), default: []].append(process)
    }
    return found
  }

  /// Sends each target's leader its signal, gives everybody the time to end, and kills who is left.
  ///
  /// - Returns: the targets that had to be killed.
  @discardableResult
  package func stop(_ stops: [String: Target.Stop]) throws(DeploymentError) -> [String] {
    let start = Instant.now()
    var killed: Set<String> = []
    var left = running().filter { stops[$0.key] != nil }
    let members = left.values.flatMap { $0.map(\.pid) }
    for (name, processes) in left {
      // The leader is the one whose parent is none of them. Workers without a leader are all leaders.
      for process in processes where !processes.contains(where: { $0.pid == process.parent }) {
        send(stops[name]!.signalNumber, to: process)
      }
    }
    while !left.isEmpty {
      try Interrupts.none.sleep(.milliseconds(20))
      for pid in members { waitpid(pid, nil, WNOHANG) }
      left = running().filter { stops[$0.key] != nil }
      let now = Instant.now()
      for (name, processes) in left where now > start + stops[name]!.grace {
        killed.insert(name)
        for process in processes { send(SIGKILL, to: process) }
        guard now < start + stops[name]!.grace + .seconds(10) else {
          throw .doesNotStop(name: name, pids: processes.map(\.pid))
        }
      }
    }
    return killed.sorted()
  }

  private func send(_ signal: Int32, to process: ProcessStat) {
    if process.identity.isAlive { kill(process.pid, signal) }
  }
}

extension Target.Stop {
  /// For a target whose folder is gone.
  package static let usual = Target.Stop(signal: .term, graceS: 10)

  var signalNumber: Int32 {
    switch signal {
    case .term: SIGTERM
    case .int: SIGINT
    case .quit: SIGQUIT
    }
  }

  var grace: Duration { .milliseconds(Int64(graceS * 1000)) }
}
