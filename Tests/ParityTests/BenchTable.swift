import BenchSupport
import Stack

/// `bench_users`, seen beside the targets.
final class BenchTable {
  let connection: DatabaseConnection

  init(_ postgres: Stack.Postgres) throws {
    connection = try DatabaseConnection(postgres)
    try connection.restoreBenchUsers()
  }
}
