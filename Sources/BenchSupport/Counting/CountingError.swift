import Results

/// Why nothing is counted.
public enum CountingError: Error, Equatable, CustomStringConvertible {
  /// Servers of this deployment belong to somebody else.
  case notOurs(DeploymentKind)
  case notVerified(scenario: String, server: String, verified: Int, of: Int, failure: String?)

  public var description: String {
    switch self {
    case .notOurs(let deployment):
      "servers of DEPLOYMENT=\(deployment.rawValue) cannot be counted; right would be DEPLOYMENT=process or docker"
    case .notVerified(let scenario, let server, let verified, let all, let failure):
      "\(scenario) on \(server) is not counted: \(verified) of \(all) exchanges were verified"
        + (failure.map { "; \($0)" } ?? "")
    }
  }
}
