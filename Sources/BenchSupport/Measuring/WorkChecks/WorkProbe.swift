import Stack

/// What a target is asked beside a load, as a client like any other: something that only the work itself can answer.
protocol WorkProbe: AnyObject {
  static var name: String { get }
  /// Whether there is something to see that a load covers up.
  var looksAfterLoad: Bool { get }

  /// Looks once, on a connection that asks other things in between.
  ///
  /// - Returns: what is wrong; nil where nothing is.
  func look(_ conversation: inout ProbeConversation, _ time: ProbeTime) throws -> String?

  /// After the last look.
  func end() throws
}

enum ProbeTime {
  case underLoad
  case afterLoad
}

extension WorkProbe {
  var looksAfterLoad: Bool { false }
  func end() throws {}
}

/// The probe that a scenario has.
public enum ProbeKind: Sendable {
  case changedRow
  case insertedRow
  case backgroundTask

  /// - Parameter postgres: of the targets; nil where it is not known.
  /// - Returns: nil where it needs a database that is not known.
  func probe(_ postgres: Stack.Postgres?, seed: UInt64) throws -> (any WorkProbe)? {
    switch self {
    case .changedRow: try postgres.map { try ChangedRow($0, seed: seed) }
    case .insertedRow: try postgres.map { try InsertedRow($0, seed: seed) }
    case .backgroundTask: BackgroundTask()
    }
  }

  var name: String {
    switch self {
    case .changedRow: ChangedRow.name
    case .insertedRow: InsertedRow.name
    case .backgroundTask: BackgroundTask.name
    }
  }
}
