import Foundation

/// How the private cluster is set. A report prints these, because `db-read` and `db-write` depend on them.
///
/// What is compared is frameworks and not disks, on machines whose disk may be shared: a commit does not wait
/// for the disk (`synchronous_commit = off`). The log is still written and synchronized, so a crash loses at most
/// the last instants and damages nothing; many applications run so. Checkpoints and vacuuming are kept out of
/// the windows: the first by room for the log, the second by a vacuum between rounds.
enum PostgresSettings {
  /// - Parameter observesStatements: whether `pg_stat_statements` is loaded: by its counts a measurement knows that the
  ///   database was asked.
  static func values(targets: Int, observesStatements: Bool) -> [String: String] {
    var values = [
      "max_connections": String(maximalConnections(targets: targets)),
      "shared_buffers": "128MB",
      "fsync": "on",
      "full_page_writes": "on",
      "synchronous_commit": "off",
      "wal_level": "minimal",
      "max_wal_senders": "0",
      "max_wal_size": "4GB",
      "checkpoint_timeout": "1h",
      "autovacuum": "off",
      "jit": "off",
    ]
    if observesStatements {
      values["shared_preload_libraries"] = StatementStatistics.library
      // A pool says four statements more when a connection comes back to it, of which nobody wants to know how many.
      values["pg_stat_statements.track_utility"] = "off"
    }
    return values
  }

  /// Every worker's full pool, twice, for two versions of each target at a time, and some for checks.
  private static func maximalConnections(targets: Int) -> Int {
    2 * targets * Target.workers * Target.connectionsPerWorkerAtMost + 20
  }

  /// As words for the program `postgres`.
  static func words(_ values: [String: String]) -> [String] {
    values.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
  }

  /// Where a cluster of this machine listens, and to whom.
  static func place(port: Int, socketDirectory: String) -> [String: String] {
    [
      "listen_addresses": "127.0.0.1",
      "port": String(port),
      "unix_socket_directories": socketDirectory,
      "unix_socket_permissions": "0700",
      "logging_collector": "off",
      "timezone": "UTC",
      "log_timezone": "UTC",
      "password_encryption": "scram-sha-256",
    ]
  }
}

/// The library `pg_stat_statements`, which comes with PostgreSQL's contrib modules.
package enum StatementStatistics {
  package static let library = "pg_stat_statements"

  /// Whether the PostgreSQL that would be started has it.
  package static func isInstalled(_ search: ProgramSearch) -> Bool {
    guard let programs = try? search.postgresDirectory() else { return false }
    // Debian has a folder for each version; others put all libraries of PostgreSQL into one.
    return ["/../lib", "/../lib/postgresql", "/../lib64/pgsql"].contains { folder in
      FileManager.default.fileExists(atPath: "\(programs)\(folder)/\(library).so")
    }
  }

  package static let missing =
    "not available: pg_stat_statements is not loaded (Debian has it in the package postgresql, others in postgresql-contrib)"
}
