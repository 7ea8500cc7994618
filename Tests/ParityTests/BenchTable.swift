import BenchSupport
import Glibc
import Stack

/// `bench_users`, seen beside the targets.
final class BenchTable {
  let connection: DatabaseConnection

  init(_ postgres: Stack.Postgres) throws {
    connection = try DatabaseConnection(postgres)
    try connection.restoreBenchUsers()
  }

  /// Until no row has come for a moment, or a second has passed.
  func waitUntilQuiet() throws {
    var before = try connection.benchUserCount()
    for _ in 0..<20 {
      usleep(50_000)
      let now = try connection.benchUserCount()
      if now == before { return }
      before = now
    }
  }
}
