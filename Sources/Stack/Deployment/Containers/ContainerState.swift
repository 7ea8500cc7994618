import Foundation

/// What the engine says of a container: the parts of `docker inspect` that are needed here.
struct ContainerState: Equatable, Sendable {
  var id: String
  var name: String
  /// `created`, `running`, `exited`, `dead`, …
  var status: String
  var exitCode: Int32
  /// Whether the engine saw the kernel kill one of its processes for memory.
  var killedForMemory: Bool
  /// The first process, as the engine numbers it; nil where it does not run.
  var pid: Int32?
  var processors: Double?
  var memoryBytes: Int?
  /// The port of the host by that of the container, such as `5432/tcp`.
  var ports: [String: Int]

  var isRunning: Bool { status == "running" }

  /// Reads the answer of `docker inspect`, one element for each container.
  static func read(_ text: String) throws(DeploymentError) -> [ContainerState] {
    do {
      return try JSONDecoder().decode([Inspected].self, from: Data(text.utf8)).map(ContainerState.init)
    } catch {
      throw .container(.unreadable(what: "docker inspect", answer: text))
    }
  }

  private init(_ inspected: Inspected) {
    let (state, limits) = (inspected.state, inspected.hostConfig)
    id = inspected.id
    name = String(inspected.name.trimmingPrefix("/"))
    status = state.status
    exitCode = state.exitCode
    killedForMemory = state.killedForMemory
    pid = state.pid > 0 ? state.pid : nil
    processors = limits.nanoProcessors > 0 ? Double(limits.nanoProcessors) / 1e9 : nil
    memoryBytes = limits.memory > 0 ? limits.memory : nil
    ports = (inspected.networkSettings.ports ?? [:]).compactMapValues { $0?.first.flatMap { Int($0.hostPort) } }
  }

  /// The shape and the names are the engine's.
  private struct Inspected: Decodable {
    var id: String
    var name: String
    var state: State
    var hostConfig: HostConfig
    var networkSettings: NetworkSettings

    enum CodingKeys: String, CodingKey {
      case id = "Id"
      case name = "Name"
      case state = "State"
      case hostConfig = "HostConfig"
      case networkSettings = "NetworkSettings"
    }

    struct State: Decodable {
      var status: String
      var exitCode: Int32
      var killedForMemory: Bool
      var pid: Int32

      enum CodingKeys: String, CodingKey {
        case status = "Status"
        case exitCode = "ExitCode"
        case killedForMemory = "OOMKilled"
        case pid = "Pid"
      }
    }

    struct HostConfig: Decodable {
      var nanoProcessors: Int
      var memory: Int

      enum CodingKeys: String, CodingKey {
        case nanoProcessors = "NanoCpus"
        case memory = "Memory"
      }
    }

    struct NetworkSettings: Decodable {
      var ports: [String: [Port]?]?

      enum CodingKeys: String, CodingKey {
        case ports = "Ports"
      }
    }

    struct Port: Decodable {
      var hostPort: String

      enum CodingKeys: String, CodingKey {
        case hostPort = "HostPort"
      }
    }
  }
}

extension ContainerState {
  /// How it ended, as an error.
  func ended(_ name: String, log: [String]) -> DeploymentError {
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
struct InstalledInImage: Decodable, Equatable {
  var python: String
  /// The versions by name.
  var distributions: [String: String]

  static let path = "/opt/venv/versions.json"

  static func read(_ text: String) throws(DeploymentError) -> InstalledInImage {
    do {
      return try JSONDecoder().decode(InstalledInImage.self, from: Data(text.utf8))
    } catch {
      throw .container(.unreadable(what: path, answer: text))
    }
  }
}
