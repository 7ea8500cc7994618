import Machine

/// How many of a server's workers have ended since it was started.
///
/// A leader that starts workers anew hides that none of them comes up: it stays, and nothing answers.
struct EndedWorkers: Equatable {
  private var alive: Set<ProcessIdentity> = []
  private(set) var count = 0

  /// - Parameters:
  ///   - leader: the process that starts the workers.
  ///   - processes: those of this machine.
  mutating func look(at leader: ProcessIdentity, among processes: [ProcessStat]) {
    let children = Set(processes.filter { $0.parent == leader.pid && !$0.isZombie }.map(\.identity))
    count += alive.subtracting(children).count
    alive = children
  }
}
