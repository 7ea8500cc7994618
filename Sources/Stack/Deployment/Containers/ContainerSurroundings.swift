import Foundation
import Glibc
import LoadEngine

/// A copy of a server that is a container: hardened as the deployed one, of an image with the tools for counting, and with
/// more memory, because a server under valgrind takes more.
struct ContainerSurroundings: CopySurroundings {
  let folder = "/work"
  let python = "/opt/venv/bin/python"
  let host: String
  let account: Account? = nil
  /// Where the folder `docker/counting` is in the image.
  static let tools = "/srv/counting"

  private let engine: ContainerEngine
  /// Of the container.
  private let name: String
  private let arguments: [String]
  private let secrets: [String: String]

  private static let memory = "2g"
  private static let buildDeadline = Duration.seconds(1800)
  /// An image that Compose built passes its labels on, and a copy is no service of the project.
  private static let labels = ["project", "service"].flatMap { ["--label", "com.docker.compose.\($0)="] }
  /// For the container to end once nobody holds its standard input.
  private static let patience = Duration.seconds(20)
  /// As docker/compose.yaml has it.
  private static let hardening = [
    "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", "--pids-limit", "512",
    "--tmpfs", "/tmp:mode=1777,noexec,nosuid,nodev",
    "--tmpfs", "/work:uid=10001,gid=10001,mode=0700,noexec,nosuid,nodev", "--volume", "/spool",
    "--ulimit", "nofile=16384",
  ]

  /// Builds the image where it is not there yet.
  init(
    of container: Stack.Container, _ target: Target, named copy: String, port: UInt16,
    changed change: ServerCopy.Change,
    _ checkout: Checkout, _ interrupts: Interrupts
  ) throws(DeploymentError) {
    let engine = try ContainerEngine.find(environment: ProcessInfo.processInfo.environment, interrupts)
    let deployed = try DeployedContainer.read(
      engine.ask("asking for the container of \(target.name)", ["container", "inspect", container.id]))
    let image = deployed.image + "-counting"
    try engine.ask(
      "\(target.name): building the image for counting",
      ["build", "--quiet", "--build-arg", "IMAGE=\(deployed.image)", "--tag", image, checkout.counting],
      deadline: Self.buildDeadline)

    var environment = ChildEnvironment.read(deployed.environment)
    environment.merge(["PORT": "\(port)", "WORKERS": "1", "TARGET": copy]) { $1 }
    environment.merge(change.environment.mapValues { [folder] in change.filled($0, folder, Self.tools) }) { $1 }
    // What is secret is not to be seen in the list of processes.
    let secret = "DATABASE_URL"
    secrets = environment.filter { $0.key == secret }
    let variables = environment.sorted { $0.key < $1.key }.flatMap { key, value in
      ["--env", key == secret ? key : "\(key)=\(value)"]
    }
    let name = "\(container.name)-\(change.purpose)"
    let tool = change.tool.map { [folder] in change.filled($0, folder, Self.tools) }
    let guardian = Self.guardian
    arguments =
      ["run", "--rm", "--interactive", "--name", name, "--memory", Self.memory, "--memory-swap", Self.memory]
      + deployed.networks.flatMap { ["--network", $0] } + ["--publish", "127.0.0.1:\(port):\(port)"] + Self.labels
      + Self.hardening
      + variables + ["--entrypoint", guardian[0], image] + guardian.dropFirst() + tool
      + ["python", "/srv/target.py", "start"]
    (self.engine, self.name) = (engine, name)
    host = environment["HOST"] ?? ""
  }

  func server(in home: String) -> ProgramLaunch {
    // One of an earlier run that was killed together with the engine's connection.
    _ = try? engine.ask("removing what was left", ["container", "rm", "--force", "--volumes", name])
    return engine.launch(arguments, secrets: secrets, directory: home)
  }

  func beside(_ command: [String], environment: [String: String]) -> ProgramLaunch {
    let variables = environment.sorted { $0.key < $1.key }.flatMap { ["--env", "\($0.key)=\($0.value)"] }
    return engine.launch(["exec"] + variables + [name] + command)
  }

  func end(_ child: ChildProcess, _ lifeline: Pipe) {
    lifeline.closeWriting()
    if (try? child.wait(upTo: Self.patience, .none)) ?? nil != nil { return }
    var engine = engine
    engine.interrupts = .none
    _ = try? engine.ask("removing \(name)", ["container", "rm", "--force", "--volumes", name])
    child.kill()
  }
}

/// What the engine says of a deployed container, as far as a copy is made of it.
private struct DeployedContainer: Decodable {
  var image: String { config.image }
  /// Each as `KEY=value`.
  var environment: [String] { config.environment ?? [] }
  var networks: [String] { (networkSettings.networks ?? [:]).keys.sorted() }

  private var config: Config
  private var networkSettings: NetworkSettings

  static func read(_ text: String) throws(DeploymentError) -> DeployedContainer {
    guard let found = try? JSONDecoder().decode([DeployedContainer].self, from: Data(text.utf8)).first else {
      throw .container(.unreadable(what: "docker inspect", answer: text))
    }
    return found
  }

  enum CodingKeys: String, CodingKey {
    case config = "Config"
    case networkSettings = "NetworkSettings"
  }

  struct Config: Decodable {
    var image: String
    var environment: [String]?

    enum CodingKeys: String, CodingKey {
      case image = "Image"
      case environment = "Env"
    }
  }

  struct NetworkSettings: Decodable {
    var networks: [String: Network]?

    enum CodingKeys: String, CodingKey {
      case networks = "Networks"
    }
  }

  struct Network: Decodable {}
}
