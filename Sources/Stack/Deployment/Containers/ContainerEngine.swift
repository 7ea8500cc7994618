import Foundation
import Machine

/// A container engine, spoken to through the program `docker`.
struct ContainerEngine {
  var program: String
  /// Where the engine listens, for the reader.
  var address: String
  var version: String
  var composeVersion: String
  private let environment: [String: String]
  var interrupts: Interrupts

  private static let shortDeadline = Duration.seconds(60)
  private static let usualAddress = "unix:///var/run/docker.sock"

  /// Finds the program, the engine and Compose; each that is missing is an error of its own.
  static func find(
    environment: [String: String], _ interrupts: Interrupts
  ) throws(DeploymentError) -> ContainerEngine {
    guard let program = ProgramSearch(environment: environment).program("docker") else {
      throw .container(.noProgram)
    }
    let named = environment["DOCKER_HOST"].flatMap { $0.isEmpty ? nil : $0 }
    var engine = ContainerEngine(
      program: program, address: named ?? usualAddress, version: "", composeVersion: "", environment: environment,
      interrupts: interrupts)
    do throws(DeploymentError) {
      engine.version = try engine.ask("asking for the engine", ["version", "--format", "{{.Server.Version}}"])
    } catch {
      guard case .failed(_, _, _, let output) = error else { throw error }
      throw .container(.engine(saying: output, address: engine.address))
    }
    var composeVersion: String?
    do throws(DeploymentError) {
      composeVersion = try engine.ask("asking for Compose", ["compose", "version", "--short"])
    } catch {
      guard case .failed = error else { throw error }
    }
    if let problem = ContainerProblem.compose(version: composeVersion) { throw .container(problem) }
    engine.composeVersion = composeVersion ?? ""
    return engine
  }

  /// Runs `docker` with these words and returns what it wrote, without the last newline.
  @discardableResult
  func ask(
    _ purpose: String, _ words: [String], secrets: [String: String] = [:], deadline: Duration = shortDeadline,
    directory: String = "/"
  ) throws(DeploymentError) -> String {
    let launch = launch(words, secrets: secrets, directory: directory)
    let output = try ShortCommand(purpose, launch, deadline: deadline).run(interrupts)
    return String(output.trimmingPrefix(while: \.isNewline).reversed().drop(while: \.isNewline).reversed())
  }

  /// `docker` with these words.
  ///
  /// - Parameter secrets: variables that no argument may hold.
  func launch(_ words: [String], secrets: [String: String] = [:], directory: String = "/") -> ProgramLaunch {
    ProgramLaunch(
      command: [program] + words, environment: ChildEnvironment.containers(environment).merging(secrets) { $1 },
      directory: directory)
  }

  func inspect(_ containers: [String]) throws(DeploymentError) -> [ContainerState] {
    guard !containers.isEmpty else { return [] }
    return try ContainerState.read(
      ask("asking for the containers", ["container", "inspect"] + containers))
  }

  /// The last lines that a container wrote, to either output.
  func log(of container: String, lines: Int = 15) -> [String] {
    let words = ["container", "logs", "--tail", String(lines), container]
    let launch = ProgramLaunch(
      command: ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>&1", program] + words,
      environment: ChildEnvironment.containers(environment), directory: "/")
    let text = try? ShortCommand("reading a log", launch, deadline: Self.shortDeadline).run(.none)
    return (text ?? "").split(whereSeparator: \.isNewline).suffix(lines).map(String.init)
  }
}

extension Stack.Container {
  /// A running container, with the process that it began with, where both are on this machine.
  init(_ state: ContainerState) {
    self.init(
      id: state.id, name: state.name, processors: state.processors, memoryBytes: state.memoryBytes,
      proxy: state.ports.values.compactMap(PortProxy.find).first)
    guard let membership = state.localProcess.flatMap({ ProcFile.text("/proc/\($0.pid)/cgroup") }) else { return }
    controlGroup = ProcFile.text("/proc/self/mountinfo").flatMap {
      ControlGroup(membership: membership, mounts: $0)
    }
    if controlGroup?.usage() == nil { controlGroup = nil }
  }
}

extension ContainerState {
  /// The first process; nil where the engine runs on another machine, where its number means nothing here.
  var localProcess: ProcessIdentity? {
    guard let pid, let membership = ProcFile.text("/proc/\(pid)/cgroup"), membership.contains(id) else { return nil }
    return ProcessIdentity(pid: pid)
  }
}
