import Glibc

extension StackDeployment {
  /// Becomes `docker compose` with the files and the project of the stack, to look at it by hand.
  ///
  /// - Returns: why it could not.
  public func becomeCompose(_ words: [String]) throws(DeploymentError) -> DeploymentError {
    try state.prepare()
    let engine = try ContainerEngine.find(environment: environment, interrupts)
    let files = ComposeFiles(targets: configuration.known, checkout: configuration.checkout, state: state)
    let stack = Stack.read(state.stack)
    try files.write(stack?.postgres?.settings ?? PostgresSettings.values(targets: configuration.known.count))
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
