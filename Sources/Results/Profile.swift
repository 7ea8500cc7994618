/// How long and how often each cell is measured.
public enum Profile: String, CaseIterable, Codable, Sendable {
  /// Tests of the suite itself.
  case smoke
  /// An answer on a laptop in a quarter of an hour.
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
    case .quick, .standard, .full: 3
    }
  }

  /// At the most: a scenario ends earlier where everything is decided, or its time is over.
  public var rounds: Int {
    switch self {
    case .smoke: 3
    case .quick: 40
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

  /// What all scenarios of a gated run may take, without build and report; nil where they take what their rounds take.
  public var timeLimit: Duration? {
    switch self {
    case .quick: .seconds(14 * 60)
    case .smoke, .standard, .full: nil
    }
  }

  public var connections: Int { 50 }
}
