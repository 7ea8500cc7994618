import Glibc

extension StackDeployment {
  /// Becomes `docker compose` with the files and the project of the stack, to look at it by hand.
  ///
  /// - Returns: why it could not.
  public func becomeCompose(_ words: [String]) throws(DeploymentError) -> DeploymentError {
    try state.prepare()
    let engine = try ContainerEngine.find(environment: environment, interrupts)
    let services = ComposeServices(contestants: configuration.known, checkout: configuration.checkout)
    let files = ComposeFiles(services: services, state: state)
    let stack = Stack.read(state.stack)
    try files.write(stack?.postgres?.settings ?? PostgresSettings.values(contestants: configuration.known.count))
    setenv(ComposeServices.passwordVariable, stack?.postgres?.password.value ?? "not-set", 1)
    var arguments = ([engine.program, "compose"] + files.options + words).map { strdup($0) }
    arguments.append(nil)
    execv(engine.program, arguments)
    return .system(call: "start \(engine.program)", errno: errno)
  }
}
