import BenchSupport
import Results

extension FaultPlan {
  /// How often and how long, by profile. A server that starts a worker anew takes some seconds for it on a small machine, so
  /// the limit is the same for all.
  package init(_ profile: Profile, _ faults: [InjectedFault] = InjectedFault.allCases) {
    switch profile {
    case .smoke:
      self.init(faults: faults, trials: 1, beforeS: 0.5, lastsS: 0.8, quietS: 0.8, limitS: Self.limitS)
    case .quick:
      self.init(faults: faults, trials: 3, beforeS: 1, lastsS: 2, quietS: 1.5, limitS: Self.limitS)
    case .standard:
      self.init(faults: faults, trials: 5, beforeS: 3, lastsS: 5, quietS: 3, limitS: Self.limitS)
    case .full:
      self.init(faults: faults, trials: 10, beforeS: 5, lastsS: 10, quietS: 5, limitS: Self.limitS)
    }
  }

  private static let limitS = 20.0
}

extension InjectedFault {
  /// The load that runs meanwhile: what a visitor would do who has nothing to do with the fault, or the same as those who
  /// misbehave, so that a mix-up of their bytes would show.
  package var scenario: Scenario {
    switch self {
    case .workerKilled, .slowReaders: .ping
    case .databaseStopped: .dbRead
    case .downloadLeft: .jsonLarge
    case .uploadLeft, .bodyCut: .upload
    }
  }

  /// Of that load: enough to be on every worker, and fewer of what costs more.
  package var connections: Int {
    switch self {
    case .workerKilled, .slowReaders, .databaseStopped: 16
    case .downloadLeft: 8
    case .uploadLeft, .bodyCut: 4
    }
  }
}
