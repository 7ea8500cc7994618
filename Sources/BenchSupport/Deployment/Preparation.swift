extension ProcessDeployment {
  /// What would be used, a line each; throws where something is missing, naming the package that has it.
  public func checkPrograms() throws(DeploymentError) -> String {
    let interpreter = try Interpreter.find(configuration.python, environment: environment, interrupts)
    let postgres = try ProgramSearch(environment: environment).postgresDirectory()
    let version = try ShortCommand(
      "asking PostgreSQL for its version",
      ProgramLaunch(command: [postgres + "/postgres", "--version"], environment: [:], directory: "/"),
      deadline: .seconds(30)
    ).run(interrupts)
    return """
      Python      \(interpreter.version) (\(interpreter.path))
      PostgreSQL  \(version.split(separator: "\n").first ?? "") (\(postgres))
      state       \(state.path)
      """
  }

  /// The interpreter of the contestant that fits, with its pinned requirements installed; nil where none fits.
  func python(of fits: (Contestant) -> Bool) throws(DeploymentError) -> String? {
    guard let contestant = configuration.known.first(where: fits) else { return nil }
    try state.prepare()
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    return try environments().environment(for: contestant).python
  }

  /// A program that a file of pinned requirements brings, installed where it is missing.
  ///
  /// - Parameter file: such as `fixtures/profiler/requirements.txt`, by its absolute path.
  private func tool(_ name: String, requirements file: String) throws(DeploymentError) -> String {
    try state.prepare()
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    return try environments().environment(of: PinnedRequirements(tool: name, file: file)).directory + "/bin/" + name
  }

  /// py-spy, as `fixtures/profiler` pins it.
  public func profiler() throws(DeploymentError) -> String {
    try tool("py-spy", requirements: configuration.checkout.fixtures + "/profiler/requirements.txt")
  }

  private func environments() throws(DeploymentError) -> VirtualEnvironmentCache {
    VirtualEnvironmentCache(
      folder: configuration.checkout.virtualEnvironments, state: state,
      interpreter: try Interpreter.find(configuration.python, environment: environment, interrupts),
      environment: environment, interrupts: interrupts, progress: progress)
  }

  /// Installs the pinned requirements of the contestants, as far as they are not installed.
  public func installRequirements(_ names: [String]) throws(DeploymentError) {
    try state.prepare()
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    let cache = try environments()
    for contestant in configuration.known where names.contains(contestant.name) {
      let installed = try cache.environment(for: contestant)
      let version = contestant.package.flatMap(installed.version(of:)).map { " \($0)" } ?? ""
      progress.say("\(contestant.name):\(version) is installed")
    }
  }
}
