import Foundation
import LoadEngine

/// A target's container from its start until all workers are up.
package struct ContainerStart: ServerStart {
  package var target: Target
  package var server: Stack.Server
  package var python: String
  package var started: Instant
  package let engine: ContainerEngine

  package func failure() throws(DeploymentError) -> DeploymentError? {
    guard let container = server.container else { return nil }
    if let kills = container.controlGroup?.memoryKills(), kills > 0 {
      let log = log()
      return .container(
        .killedForMemory(name: target.name, limit: container.memoryBytes, log: log.place, tail: log.tail))
    }
    // To ask the engine takes more time than to look at a process.
    if let process = server.process, process.isAlive { return nil }
    guard let state = try engine.inspect([container.id]).first, !state.isRunning else { return nil }
    return state.ended(target.name, log: engine.log(of: container.id))
  }

  package func log() -> (place: String, tail: [String]) {
    (server.log ?? "its log", server.container.map { engine.log(of: $0.id) } ?? [])
  }
}

extension ContainerState {
  /// How it ended, as an error.
  package func ended(_ name: String, log: [String]) -> DeploymentError {
    if killedForMemory {
      return .container(
        .killedForMemory(name: name, limit: memoryBytes, log: "docker logs \(self.name)", tail: log))
    }
    // A shell's way of saying that a signal ended a program.
    let status: ExitStatus = exitCode > 128 ? .killed(signal: exitCode - 128) : .exited(exitCode)
    return .died(name: name, status: status, log: "docker logs \(self.name)", tail: log)
  }
}

/// What the building of an image found installed in it, and wrote into it.
package struct InstalledInImage: Decodable, Equatable {
  package var python: String
  /// All distributions by name.
  package var versions: [String: String]

  package static let path = "/opt/venv/versions.json"

  package static func read(_ text: String) throws(DeploymentError) -> InstalledInImage {
    do {
      return try JSONDecoder().decode(InstalledInImage.self, from: Data(text.utf8))
    } catch {
      throw .container(.unreadable(what: path, answer: text))
    }
  }

  package func version(of distribution: String) -> String? {
    VirtualEnvironment(directory: "", versions: versions).version(of: distribution)
  }

  enum CodingKeys: String, CodingKey {
    case python
    case versions = "distributions"
  }
}
