/// What the process that uses a stack asks of the one that keeps it up: a line of text. It does it, and says again that all
/// is ready.
public enum StackRequest: Equatable, Sendable {
  /// Stop these targets and start them again.
  case restart([String])
  case stopDatabase
  case startDatabase

  private static let restartWord = "restart "
  private static let stopLine = "stop database"
  private static let startLine = "start database"

  var line: String {
    switch self {
    case .restart(let names): Self.restartWord + names.joined(separator: ",")
    case .stopDatabase: Self.stopLine
    case .startDatabase: Self.startLine
    }
  }

  /// nil where the line asks for nothing.
  public init?(line: String) {
    switch line {
    case Self.stopLine: self = .stopDatabase
    case Self.startLine: self = .startDatabase
    case _ where line.hasPrefix(Self.restartWord):
      self = .restart(line.dropFirst(Self.restartWord.count).split(separator: ",").map(String.init))
    default: return nil
    }
  }
}
