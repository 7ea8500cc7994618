import LoadEngine
import Text

/// Why containers cannot be had, each in a line that says what would help.
public enum ContainerProblem: Error, Equatable, Sendable, CustomStringConvertible {
  case noProgram
  /// The suite was told that it is a service of `compose.yaml`, and is none.
  case noService
  case noEngine(address: String)
  case noAccess(address: String)
  case noCompose(version: String?)
  case killedForMemory(name: String, limit: Int?, log: String, tail: [String])
  case cannotCompare(source: String)
  case unreadable(what: String, answer: String)

  public var description: String {
    switch self {
    case .noProgram:
      "no Docker on this machine (no program 'docker' on PATH): install Docker Engine and Compose v2, or use DEPLOYMENT=process"
    case .noService:
      "DEPLOYMENT=compose is of the suite as a service of compose.yaml; right would be: docker compose run --rm suite bench"
    case .noEngine(let address):
      "no Docker engine answers at \(address): start one (sudo systemctl start docker), or name another with DOCKER_HOST"
    case .noAccess(let address):
      "this account may not use the Docker engine at \(address): add it to the group of the socket (sudo usermod -aG docker $USER, then log in again)"
    case .noCompose(let version):
      "Docker Compose v2 is missing\(version.map { " (found \($0))" } ?? ""): install the package docker-compose-plugin or docker-compose-v2"
    case .killedForMemory(let name, let limit, let log, let tail):
      "\(name) was killed for memory: its container may use \(limit.map(Self.size) ?? "no more than the machine has"); the end of \(log):"
        + DeploymentError.indented(tail)
    case .cannotCompare(let source):
      "DEPLOYMENT=docker compares versions, wheels and source trees, not \(source): clone it and name the folder"
    case .unreadable(let what, let answer):
      "\(what): an answer that cannot be read: \(String(answer.prefix(200)).escapingControls)"
    }
  }

  /// Why `docker version` failed, from what it said.
  package static func engine(saying output: String, address: String) -> ContainerProblem {
    output.lowercased().contains("permission denied") ? .noAccess(address: address) : .noEngine(address: address)
  }

  /// What is wrong with the version of Compose; nil where nothing is.
  ///
  /// - Parameter version: what `docker compose version --short` says; nil where there is no such command.
  package static func compose(version: String?) -> ContainerProblem? {
    guard let version, let major = Int(version.trimmingPrefix("v").prefix { $0.isNumber }), major >= 2 else {
      return .noCompose(version: version)
    }
    return nil
  }

  package static func size(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
}
