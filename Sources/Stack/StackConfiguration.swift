import Results

/// The settings as far as they concern the stack.
public struct StackConfiguration: Equatable, Sendable {
  public var checkout: Checkout
  public var deployment: DeploymentKind
  /// All targets there are, in the order of their ports.
  public var known: [Target]
  /// The targets that take part, in the order of their ports.
  public var targets: [Target]
  /// The interpreter that the virtual environments are made with: a name on `PATH`, or a path.
  public var python: String
  /// Whether PostgreSQL keeps statistics of statements, for a profile.
  public var observesStatements: Bool
  /// The servers of the deployment `external`; nil for the others.
  public var external: ExternalServers?

  package init(
    checkout: Checkout, deployment: DeploymentKind, known: [Target], targets: [Target], python: String,
    observesStatements: Bool, external: ExternalServers? = nil
  ) {
    self.checkout = checkout
    self.deployment = deployment
    self.known = known
    self.targets = targets
    self.python = python
    self.observesStatements = observesStatements
    self.external = external
  }

  public var frameworks: [String] { targets.map(\.name) }

  package static let usualPython = "python3"
  package static let observesStatementsVariable = "SHOOTOUT_STATEMENT_STATISTICS"
}
