import Foundation

/// One application under comparison: a folder of `docker/frameworks` with its `framework.json`.
///
/// The file tells how to install, start and stop the application, so that nothing else in the suite knows a framework by
/// name.
public struct Target: Equatable, Sendable {
  public static let workers = 4
  /// Each worker's pool may grow to this many database connections.
  public static let connectionsPerWorkerAtMost = 8

  public var name: String
  public var title: String
  /// The distribution whose version is the target's version; none for an application without a framework.
  public var package: String?
  public var role: Role
  public var port: Int
  public var homepage: String
  /// What serves it, for the reader.
  public var server: String
  /// The pinned requirements, relative to `source`.
  public var requirements: String
  /// Installed instead of the pinned version of `package`; nil for what is pinned.
  public var replacement: PackageSource?
  /// The interpreter that it is installed with, where it is another than that of the suite.
  public var interpreter: InterpreterChoice?
  /// The command, with `{python}` and `{source}` where those belong.
  public var start: [String]
  public var environment: [String: String]
  public var stop: Stop
  public var ready: Ready
  /// The distributions whose versions a report shows.
  public var versions: [String]
  /// A command that exits 0 when the compiled parts that production has are really there.
  var nativeCheck: [String]?
  /// By scenario: why the application does with less than the work that others need, in a sentence for the reader.
  public var cheaperThanTheWork: [String: String]
  /// The absolute path of the folder.
  public var source: String

  public enum Role: String, Codable, CaseIterable, Sendable {
    case framework
    /// The yardstick that the others are compared with.
    case reference
  }

  public struct Stop: Codable, Equatable, Sendable {
    public var signal: Signal
    /// How long the processes may take before they are killed.
    var graceS: Double

    public enum Signal: String, Codable, CaseIterable, Sendable {
      case term = "TERM"
      case int = "INT"
      case quit = "QUIT"
    }
  }

  /// What tells that every worker is up, not only the first.
  public struct Ready: Codable, Equatable, Sendable {
    /// Answers 200.
    public var path: String
    /// Database connections under the target's name that each worker opens at its start.
    var connectionsPerWorker: Int
  }

  /// The version that the requirements pin a distribution to; nil where they do not name it.
  public func pinnedVersion(of package: String) -> String? {
    PinnedRequirements(self).pins.first { $0.name.asDistribution == package.asDistribution }?.version
  }

  /// The distributions that the requirements pin.
  public var pinned: [String] { PinnedRequirements(self).pins.map(\.name) }

  public var baseURL: String { "http://127.0.0.1:\(port)" }
  /// The database connections that are open once all workers are up.
  var connectionsWhenReady: Int { Target.workers * ready.connectionsPerWorker }

  /// Whether a process with these words is this application, started by hand with whatever interpreter: they end as `start`
  /// does after the interpreter, and name this folder.
  func isStarted(by words: [String]) -> Bool {
    let own = command(Array(start.dropFirst()), python: "")
    return own.contains { $0.contains(source + "/") } && words.suffix(own.count).elementsEqual(own)
  }

  /// A command with its placeholders filled in.
  public func command(_ words: [String], python: String) -> [String] {
    words.map { $0.replacing("{python}", with: python).replacing("{source}", with: source) }
  }
}
