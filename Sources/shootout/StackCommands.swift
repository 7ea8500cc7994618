import BenchSupport
import Glibc
import Stack

struct SetupCommand: Command {
  static let about = CommandDescription(
    name: "setup", group: .stack, summary: "check the programs, install the targets' requirements", refused: "names")

  @Option("--check", "only check, and say what would be used") private var onlyChecks: Bool
  @Option("--idle", "only see that nobody measures") private var onlyAsksForRest: Bool

  func run() throws -> ExitCode {
    let configuration = try Configuration.read(scenarios: nil)
    if !configuration.deployment.isStartedBySuite {
      return onlyAsksForRest ? .success : try lookAtOthers(configuration)
    }
    let deployment = try StackDeployment(
      configuration.stack, kind: configuration.deployment, interrupts: .signals(andEndOfInput: false),
      progress: DeploymentProgress { print($0) })
    if onlyAsksForRest {
      try deployment.refuseWhileInUse()
      return .success
    }
    print(try deployment.checkPrograms())
    if !onlyChecks { try deployment.prepare(configuration.frameworks) }
    return .success
  }
}

struct DeployCommand: Command {
  static let about = CommandDescription(
    name: "deploy", group: .stack, summary: "bring up the database and the targets",
    notes: ["What is up and up to date stays as it is. All stays up until shootout down."],
    examples: ["shootout deploy", "shootout deploy sanic,reference"])

  @Option("--until-stdin-closes", "take down what was started when the standard input ends")
  private var untilInputEnds: Bool
  @Operands("all|postgres|NAME", .stackNames) private var operands: [String]

  func run() throws -> ExitCode {
    let configuration = try Configuration.read(scenarios: nil)
    let names = try StackNames(operands, configuration)
    if !configuration.deployment.isStartedBySuite { return try lookAtOthers(configuration) }
    let interrupts = try Interrupts.signals(andEndOfInput: untilInputEnds)
    // Ctrl-C is for the process that asked; this one hears of it when the pipe closes.
    if untilInputEnds { setsid() }

    let progress = DeploymentProgress { print($0) }
    let deployment = try StackDeployment(
      configuration.stack, kind: configuration.deployment, interrupts: interrupts, progress: progress)
    guard untilInputEnds else {
      _ = try deployment.deploy(names.targets, lifetime: .untilDown)
      return .success
    }
    let guardian = try StackGuardian.start(for: deployment)
    let deployed = try deployment.deploy(names.targets, lifetime: .untilOwnerEnds)
    print(StackLease.readyLine)
    let cause = deployment.serveRequests(interrupts)
    let takingDown = try StackDeployment(
      configuration.stack, kind: configuration.deployment, interrupts: .none, progress: progress)
    try takingDown.downOwned(of: deployed)
    guardian?.dismiss()
    if case .interrupted = cause { return .success }
    throw cause
  }
}

extension StackDeployment {
  /// Does what the standard input asks for, until the deployment is called off or something fails.
  fileprivate func serveRequests(_ interrupts: Interrupts) -> DeploymentError {
    while true {
      do throws(DeploymentError) {
        guard let request = StackRequest(line: try interrupts.nextLine()) else { continue }
        switch request {
        case .restart(let names): _ = try restart(names)
        case .stopDatabase: try stopDatabase()
        case .startDatabase: try startDatabase()
        }
        print(StackLease.readyLine)
      } catch {
        return error
      }
    }
  }
}

struct DownCommand: Command {
  static let about = CommandDescription(
    name: "down", group: .stack, summary: "take down what is up",
    notes: ["Without the database nothing can stay up, so postgres means everything."])

  @Option(StackGuardian.option, "wait for that, then take down what has lost its owner")
  private var afterInputEnds: Bool
  @Operands("all|postgres|NAME", .stackNames) private var operands: [String]

  func run() throws -> ExitCode {
    let configuration = try Configuration.read(scenarios: nil)
    let names = try StackNames(operands, configuration)
    if !configuration.deployment.isStartedBySuite {
      print(
        configuration.deployment == .compose
          ? "the servers are those of compose.yaml, which is stopped where it was started: docker compose down"
          : "the servers are external: nothing is stopped")
      return .success
    }
    let interrupts = try Interrupts.signals(andEndOfInput: afterInputEnds)
    if afterInputEnds { _ = interrupts.waitForever() }
    let deployment = try StackDeployment(
      configuration.stack, kind: nil, interrupts: afterInputEnds ? .none : interrupts,
      progress: DeploymentProgress { print($0) })
    if afterInputEnds {
      try deployment.downOrphaned()
    } else {
      try deployment.down(names.isEverything || names.targets.isEmpty ? nil : names.targets)
    }
    return .success
  }
}

struct StatusCommand: Command {
  static let about = CommandDescription(
    name: "status", group: .stack, summary: "show what is up",
    notes: ["exit code: 0 where all that was asked for is up and healthy, else 1"])

  @Operands("all|postgres|NAME", .stackNames) private var operands: [String]

  func run() throws -> ExitCode {
    let configuration = try Configuration.read(scenarios: nil)
    let names = try StackNames(operands, configuration).targets
    let status =
      !configuration.deployment.isStartedBySuite
      ? try configuration.stack.statusOfOthers(names)
      : try StackDeployment(configuration.stack, kind: nil, interrupts: .none, progress: .silent).status(names)
    print(status.table)
    return status.isHealthy ? .success : .failed
  }
}

struct ComposeCommand: Command {
  static let about = CommandDescription(
    name: "compose", group: .stack, summary: "docker compose with the files and the project of the stack",
    notes: ["The words are those after docker compose."],
    examples: ["shootout compose ps", "shootout compose logs sanic", "shootout compose config"])

  @Option("--checkout", "print the checkout's compose.yaml") private var isForCheckout: Bool
  @Option("--swarm", "print the stack and its generators for docker stack deploy") private var isForSwarm: Bool
  @Option("--kubernetes", "print them for kubectl apply") private var isForKubernetes: Bool
  @Operands("WORD", .nothing, areVerbatim: true) private var words: [String]

  func run() throws -> ExitCode {
    let configuration = try Configuration.read(scenarios: nil)
    let formats: [StackFile.Format] =
      (isForSwarm ? [.swarm] : []) + (isForKubernetes ? [.kubernetes] : []) + (isForCheckout ? [.compose] : [])
    guard formats.count + (words.isEmpty ? 0 : 1) == 1 else {
      throw UsageError(
        "shootout compose takes the words after docker compose, such as: shootout compose ps; or --checkout, --swarm or"
          + " --kubernetes alone")
    }
    if let format = formats.first {
      print(try configuration.stack.file(for: format), terminator: "")
      return .success
    }
    let deployment = try StackDeployment(configuration.stack, kind: .docker, interrupts: .none, progress: .silent)
    throw try deployment.becomeCompose(words)
  }
}

/// The operands of deploy, down, status and profile: `all`, `postgres`, names of targets, or a comma list of them.
struct StackNames {
  var targets: [String]
  /// Whether it is all of them, named or by default.
  var isEverything: Bool

  init(_ operands: [String], _ configuration: Configuration) throws(UsageError) {
    let known = configuration.known.map(\.name)
    let names = operands.flatMap { $0.split(separator: ",").map(String.init) }
    if let unknown = names.first(where: { !(known + ["all", "postgres"]).contains($0) }) {
      throw UsageError("unknown name '\(unknown)'; known: all, postgres, \(known.joined(separator: ", "))")
    }
    isEverything = names.isEmpty || names.contains("all")
    targets = isEverything ? configuration.frameworks : known.filter(names.contains)
  }
}

/// What setting up and deploying come to where somebody else has started the servers.
private func lookAtOthers(_ configuration: Configuration) throws -> ExitCode {
  for server in try configuration.stack.stackOfOthers().servers {
    print("\(server.name): answers at \(server.baseURL)")
  }
  print(
    "the servers are \(configuration.deployment == .compose ? "those of compose.yaml" : "external"): nothing is installed or started"
  )
  return .success
}
