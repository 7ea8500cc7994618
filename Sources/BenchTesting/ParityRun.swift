import BenchSupport
import Results
import Synchronization
import Testing

/// What the parity tests of this test process found.
public enum ParityRun {
  private static let found = Mutex<[String: ScenarioParity]>([:])

  /// All of them, in no order.
  static var all: [ScenarioParity] { found.withLock { Array($0.values) } }

  /// Keeps what a parity test found for the measurements that follow, and attaches it for the report.
  public static func record(_ parity: ScenarioParity) throws {
    found.withLock { $0[parity.scenario] = parity }
    try PerfRun.attach(parity, named: parity.fileName)
  }
}
