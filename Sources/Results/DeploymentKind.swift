/// Where the targets run.
public enum DeploymentKind: String, CaseIterable, Codable, Sendable {
  /// On this machine, with a private PostgreSQL cluster and a virtual environment each.
  case process
  /// In containers with limits.
  case docker
  /// In the containers of the checkout's `compose.yaml`, of which the suite is one: Compose starts and stops them.
  case compose
  /// Anywhere: base URLs are given, nothing is started or stopped.
  case external

  /// Whether the suite itself starts and stops the servers.
  public var isStartedBySuite: Bool {
    switch self {
    case .process, .docker: true
    case .compose, .external: false
    }
  }
}
