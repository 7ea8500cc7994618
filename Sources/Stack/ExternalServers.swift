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
