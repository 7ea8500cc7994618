import Foundation

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
