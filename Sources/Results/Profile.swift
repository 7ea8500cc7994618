/// How long and how often each cell is measured.
public enum Profile: String, CaseIterable, Codable, Sendable {
  /// Tests of the suite itself.
  case smoke
  /// An answer on a laptop in ten minutes. Counts decide; time says who is faster.
  case quick
  /// Releases.
  case standard
  /// The classic parameters.
  case full

  public var warmUp: Duration {
    switch self {
    case .smoke: .milliseconds(300)
    case .quick: .seconds(1)
    case .standard: .seconds(5)
    case .full: .seconds(30)
    }
  }

  /// How often at the most a target is warmed up for so long, until its throughput is steady.
  public var warmUpParts: Int {
    switch self {
    case .smoke: 1
    case .quick: 2
    case .standard, .full: 3
    }
  }

  /// At the most: a scenario ends earlier where everything is decided, or its time is over.
  public var rounds: Int {
    switch self {
    case .smoke: 3
    case .quick: 24
    case .standard: 14
    case .full: 3
    }
  }

  public var window: Duration {
    switch self {
    case .smoke: .milliseconds(500)
    case .quick: .milliseconds(300)
    case .standard: .seconds(5)
    case .full: .seconds(180)
    }
  }

  /// How many rounds two versions are measured in on one start of their servers; nil where one start has to do.
  public var roundsOfStart: Int? {
    switch self {
    case .smoke: nil
    case .quick: 4
    case .standard: 2
    case .full: 1
    }
  }

  /// Whether every round has a second window, at a fixed rate, for latency. A quick window is too short for a p99.
  public var timesFixedRate: Bool {
    switch self {
    case .smoke, .quick, .full: false
    case .standard: true
    }
  }

  /// What the rounds of all scenarios of a gated run may take, without counts, build and report; nil where they take what
  /// they take. Two versions take longer, because their servers are started several times.
  public func timeLimit(comparesVersions: Bool) -> Duration? {
    switch self {
    case .quick: .seconds(comparesVersions ? 14 * 60 : 180)
    case .smoke, .standard, .full: nil
    }
  }

  public var connections: Int { 50 }
}
