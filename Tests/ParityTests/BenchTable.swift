import BenchSupport
import Stack

/// `bench_users`, seen beside the targets.
final class BenchTable {
  let connection: DatabaseConnection

  init(connection: consuming DatabaseConnection) {
    self.connection = connection
  }
}
