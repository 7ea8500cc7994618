/// Where the targets run.
public enum DeploymentKind: String, CaseIterable, Codable, Sendable {
  /// On this machine, with a private PostgreSQL cluster and a virtual environment each.
  case process
  /// In containers with limits.
  case docker
  /// Anywhere: base URLs are given, nothing is started or stopped.
  case external
}
