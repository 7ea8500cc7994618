extension StackDeployment {
  /// What would be used, a line each; throws where something is missing, naming the package that has it.
  public func checkPrograms() throws(DeploymentError) -> String {
    if kind == .docker {
      let engine = try ContainerEngine.find(environment: environment, interrupts)
      return """
        Docker      \(engine.version) (\(engine.address))
        Compose     \(engine.composeVersion)
        state       \(state.path)
        """
    }
    var pythons: [String] = []
    for target in [nil] + configuration.targets.map(Optional.some) {
      let interpreter = try interpreter(of: target)
      let line = "Python      \(interpreter.version) (\(interpreter.path))"
      if !pythons.contains(line) { pythons.append(line) }
    }
    let postgres = try ProgramSearch(environment: environment).postgresDirectory()
    let version = try ShortCommand(
      "asking PostgreSQL for its version",
      ProgramLaunch(command: [postgres + "/postgres", "--version"], environment: [:], directory: "/"),
      deadline: .seconds(30)
    ).run(interrupts)
    return """
      \(pythons.joined(separator: "\n"))
      PostgreSQL  \(version.split(separator: "\n").first ?? "") (\(postgres))
      state       \(state.path)
      """
  }

  /// The interpreter of the target that fits, with its pinned requirements installed; nil where none fits.
  package func python(of fits: (Target) -> Bool) throws(DeploymentError) -> String? {
    guard let target = configuration.known.first(where: fits) else { return nil }
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    return try virtualEnvironments.environment(of: PinnedRequirements(target), interpreter()).python
  }

  /// py-spy, as `fixtures/profiler` pins it, installed where it is missing.
  public func profiler() throws(DeploymentError) -> String {
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    let file = configuration.checkout.fixtures + "/profiler/requirements.txt"
    return try virtualEnvironments.environment(of: PinnedRequirements(tool: "py-spy", file: file), interpreter())
      .directory + "/bin/py-spy"
  }

  /// The one of the target, or the one of all the others.
  func interpreter(of target: Target? = nil) throws(DeploymentError) -> Interpreter {
    try Interpreter.find(target?.interpreter ?? configuration.interpreter, environment: environment, interrupts)
  }

  var virtualEnvironments: VirtualEnvironmentStore {
    VirtualEnvironmentStore(
      folder: configuration.checkout.virtualEnvironments, state: state, environment: environment, sources: sources,
      interrupts: interrupts, progress: progress)
  }

  /// Installs the pinned requirements of the targets, or builds their images, as far as that is not done.
  public func prepare(_ names: [String]) throws(DeploymentError) {
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    let targets = configuration.known.filter { names.contains($0.name) }
    var runtime = runtime
    try runtime.checkPrograms()
    try runtime.prepare(targets)
    for target in targets {
      let version = target.replacement?.description ?? target.package.flatMap(target.pinnedVersion(of:))
      progress.say("\(target.name): \(version.map { "\($0) " } ?? "")is installed")
    }
  }
}
