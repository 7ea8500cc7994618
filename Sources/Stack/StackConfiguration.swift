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
  /// Whether PostgreSQL keeps statistics of statements, by which a measurement knows that it was asked.
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

  /// The same, with the setting that names it.
  var interpreter: InterpreterChoice { InterpreterChoice(python, setting: Self.pythonVariable) }

  package static let usualPython = "python3"
  package static let pythonVariable = "SHOOTOUT_PYTHON"
  package static let observesStatementsVariable = "SHOOTOUT_STATEMENT_STATISTICS"
}

/// Where servers are that the suite neither starts nor stops, and, if it may know, where their database is.
public struct ExternalServers: Equatable, Sendable {
  /// By target: such as `http://10.0.0.7:8000`, without a path.
  public var urls: [String: String]
  /// nil where it is not given: then what needs it is skipped, and said to be.
  public var database: Stack.Postgres?

  public static let urlsVariable = "SHOOTOUT_URLS"
  public static let databaseVariable = "SHOOTOUT_DATABASE_URL"

  public init(urls: [String: String], database: Stack.Postgres? = nil) {
    self.urls = urls
    self.database = database
  }
}
