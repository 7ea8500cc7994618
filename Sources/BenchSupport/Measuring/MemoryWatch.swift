import Results
import Stack

/// Sees whether the kernel kills processes of a container for memory while a load runs.
///
/// A server whose worker was killed goes on with a new one, so that the errors alone would not say why.
package struct MemoryWatch {
  private let containers: [(name: String, container: Stack.Container, killsBefore: Int)]

  package init(_ server: Stack.Server, _ postgres: Stack.Postgres?) {
    let watched = [(server.name, server.container), ("postgres", postgres?.container)]
    containers = watched.compactMap { name, container in
      guard let container, let kills = container.controlGroup?.memoryKills() else { return nil }
      return (name, container, kills)
    }
  }

  /// What failed since the beginning; nothing where nothing did.
  package func checks() -> [CheckFigure] {
    containers.compactMap { name, container, before in
      MemoryWatch.check(
        name, container, killsBefore: before, killsAfter: container.controlGroup?.memoryKills())
    }
  }

  /// - Parameter killsAfter: nil where the container is gone.
  package static func check(
    _ name: String, _ container: Stack.Container, killsBefore: Int, killsAfter: Int?
  ) -> CheckFigure? {
    guard let killsAfter else {
      return CheckFigure(
        name: "container", passed: false,
        detail: "the container of \(name) has ended under load; docker logs \(container.name) has its last words")
    }
    guard killsAfter > 0 else { return nil }
    // Not every server replaces a worker that was killed, so that later rounds are not of what was deployed.
    let count = killsAfter > killsBefore ? killsAfter - killsBefore : killsAfter
    let limit = container.memoryBytes.map { " of \(ContainerProblem.size($0))" } ?? ""
    return CheckFigure(
      name: "memory", passed: false,
      detail: "killed for memory\(killsAfter > killsBefore ? "" : " before this round"): "
        + "\(count) process\(count == 1 ? "" : "es") of \(name), at its container's limit\(limit)")
  }
}
