import Foundation
import Glibc
import Machine
import Results

/// What Compose is given, and what belongs to the project of a checkout.
struct ComposeFiles {
  var targets: [Target]
  var checkout: Checkout
  var state: StateDirectory

  private var generated: String { state.path + "/compose.yaml" }

  /// One for each state directory, so that two checkouts do not take each other's containers for their own.
  var project: String {
    var fingerprint = Fingerprint()
    fingerprint.add(state.path)
    return "framework-shootout-\(fingerprint.text.prefix(8))"
  }

  /// What finds all that Compose has made for the project.
  var label: [String] { ["--filter", "label=com.docker.compose.project=\(project)"] }

  var options: [String] {
    // A file .env would be read otherwise, and nothing would tell.
    [
      "--project-name", project, "--env-file", "/dev/null", "--project-directory", checkout.path,
      "--file", generated,
    ]
  }

  /// - Parameter settings: those of the database.
  func write(_ settings: [String: String]) throws(DeploymentError) {
    let text = try StackFile(format: .docker, targets: targets, checkout: checkout).text(settings: settings)
    try StateDirectory.write(Data(text.utf8), to: generated)
  }

  /// All that an image and a container are made from beside the target's folder; for nil, the database's.
  func recipe(_ target: Target?, _ environment: [String: String]) -> [String] {
    let file = StackFile(format: .docker, targets: target.map { [$0] } ?? [], checkout: checkout)
    let image = target == nil ? [] : ["target.py", "Dockerfile"]
    return [(try? file.text(settings: [:])) ?? ""]
      + image.map { ProcFile.text(checkout.path + "/docker/" + $0) ?? "" }
      + StackFile.variables.map { "\($0)=\(environment[$0] ?? "")" }
  }

  /// Lays what replaces a target's package where the building of its image finds it.
  func stage(_ target: Target, _ sources: SourceStates) throws(DeploymentError) {
    guard let source = target.replacement else { return }
    let folder = checkout.path + "/.build/docker/" + target.name
    try? FileManager.default.removeItem(atPath: folder)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      switch source {
      case .version, .dependency: break
      case .wheel(let path):
        try FileManager.default.copyItem(
          atPath: path, toPath: folder + "/" + URL(fileURLWithPath: path).lastPathComponent)
      case .tree:
        // Without the history: there is no Git in the image.
        _ = try sources.state(of: source).tree?.copy(to: folder + "/" + StackFile.stagedTree, git: nil)
      case .repository(let address):
        throw DeploymentError.container(.cannotCompare(source: address))
      }
    } catch let error as DeploymentError {
      throw error
    } catch {
      throw .unusableState(path: folder, reason: "cannot be written: \(FileError.reason(of: error))")
    }
  }
}

extension StackDeployment {
  /// Becomes `docker compose` with the files and the project of the stack, to look at it by hand.
  ///
  /// - Returns: why it could not.
  public func becomeCompose(_ words: [String]) throws(DeploymentError) -> DeploymentError {
    try state.prepare()
    let engine = try ContainerEngine.find(environment: environment, interrupts)
    let files = ComposeFiles(targets: configuration.known, checkout: configuration.checkout, state: state)
    let stack = Stack.read(state.stack)
    try files.write(
      stack?.postgres?.settings
        ?? PostgresSettings.values(
          targets: configuration.known.count, observesStatements: configuration.observesStatements))
    var variables = ChildEnvironment.containers(environment)
    // It speaks to a person.
    variables["COMPOSE_ANSI"] = nil
    variables["BUILDKIT_PROGRESS"] = environment["BUILDKIT_PROGRESS"]
    variables[StackFile.passwordVariable] = stack?.postgres?.password.value ?? "not-set"
    let arguments = ([engine.program, "compose"] + files.options + words).map { strdup($0) } + [nil]
    execve(engine.program, arguments, variables.map { strdup("\($0.key)=\($0.value)") } + [nil])
    return .system(call: "start \(engine.program)", errno: errno)
  }
}
