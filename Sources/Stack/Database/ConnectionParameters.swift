import CLinux

/// All that a connection of ours depends on.
///
/// libpq fills what it is not told from the variables `PG…`, from a service file, from `~/.pgpass` and from
/// `~/.postgresql`. A `PGHOSTADDR` would so lead us to another database than the one that was named, and rows are deleted
/// there.
///
/// Source: the chapters "Parameter Key Words", "Environment Variables", "The Password File" and "The Connection Service
/// File" of libpq's documentation.
struct ConnectionParameters: Equatable {
  /// By libpq's key word.
  var values: [String: String]

  /// Every variable that libpq reads begins with it.
  static let prefixOfVariables = "PG"

  /// What libpq would otherwise look for in the user's home folder. Nothing can be at this path, and libpq takes a file
  /// that is not there for none. An empty text would not do: libpq takes it for not said.
  private static let noFile = "/dev/null/none"

  init(_ postgres: Stack.Postgres, timeout: Duration) {
    let seconds = max(2, Int(timeout.components.seconds))
    values = [
      "host": postgres.socketDirectory ?? postgres.host,
      "port": String(postgres.port),
      "user": postgres.user,
      "dbname": postgres.database,
      "password": postgres.password.value,
      "application_name": "framework-shootout",
      "connect_timeout": String(seconds),
      "client_encoding": "UTF8",
      "options": "-c statement_timeout=\(seconds * 1000)",
      "passfile": Self.noFile,
      // Ours has no TLS, and is reached by a socket or on the loopback.
      "sslmode": "disable",
      "sslcert": Self.noFile,
      "sslkey": Self.noFile,
      "sslrootcert": Self.noFile,
      "sslcrl": Self.noFile,
      "gssencmode": "disable",
    ].merging(postgres.encryption ?? [:]) { $1 }
  }

  /// Takes the variables of libpq out of the environment of this process, for all connections from now on and for all
  /// programs that it starts. Some of them, `PGSERVICE` and `PGTZ` among them, no parameter overrules.
  static func forgetEnvironment() { _ = forgotten }

  private static let forgotten: Void = {
    let failed = clinux_forget_environment(prefixOfVariables)
    precondition(failed == 0, "the environment cannot be copied: errno \(failed)")
  }()
}
