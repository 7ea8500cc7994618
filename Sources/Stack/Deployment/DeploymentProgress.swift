import LoadEngine
import Text

/// Tells what is being done, with the seconds since the beginning.
public struct DeploymentProgress: Sendable {
  private let start: Instant
  private let write: @Sendable (String) -> Void

  public init(_ write: @escaping @Sendable (String) -> Void) {
    self.start = .now()
    self.write = write
  }

  public static var silent: DeploymentProgress { DeploymentProgress { _ in } }

  package func say(_ line: String) {
    write("\(elapsed) \(line)".escapingControls)
  }

  package var elapsed: String {
    let tenths = Instant.now().nanoseconds(since: start) / 100_000_000
    let text = "\(tenths / 10).\(tenths % 10)"
    return "[" + String(repeating: " ", count: max(0, 5 - text.count)) + text + " s]"
  }
}
