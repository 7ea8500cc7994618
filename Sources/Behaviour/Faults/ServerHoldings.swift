import Foundation
import Machine
import Results
import Stack

/// What a server holds while nobody asks it anything: to see what clients leave behind.
struct ServerHoldings: Equatable {
  /// The fewest of a few looks: what the last requests held goes in a moment.
  var descriptors: Int?
  var files: Int?

  private static let looks = 6
  private static let pause = 80_000 as UInt32

  /// - Parameter folder: the server's own, with its temporary files; nil where it has none here.
  static func look(at server: Stack.Server, folder: String?) -> ServerHoldings {
    var holdings = ServerHoldings()
    for attempt in 0..<looks {
      if attempt > 0 { usleep(pause) }
      guard let members = members(of: server) else { break }
      if let descriptors = descriptors(of: members.map(\.pid)) {
        holdings.descriptors = min(holdings.descriptors ?? descriptors, descriptors)
      }
      if let files = folder.flatMap(files(in:)) { holdings.files = min(holdings.files ?? files, files) }
    }
    return holdings
  }

  /// nil where the leader is gone, or none is seen from here.
  static func processes(of server: Stack.Server) -> Int? { members(of: server)?.count }

  /// Anonymous; nil where it is not told.
  static func memoryBytes(of server: Stack.Server) -> Int? { members(of: server).flatMap(MemoryUse.read)?.anonymous }

  private static func members(of server: Stack.Server) -> [ProcessStat]? {
    server.process.flatMap { ProcessTree(leader: $0).members(of: ProcessStat.readAll()) }?.filter { !$0.isZombie }
  }

  /// nil where the kernel does not show those of one that still runs: each has some.
  private static func descriptors(of pids: [Int32]) -> Int? {
    var sum = 0
    for pid in pids {
      let count = ProcFile.entries("/proc/\(pid)/fd").count { $0 != "." && $0 != ".." }
      if count == 0, kill(pid, 0) == 0 { return nil }
      sum += count
    }
    return sum
  }

  private static func files(in folder: String) -> Int? {
    FileManager.default.enumerator(atPath: folder).map { entries in entries.reduce(0) { sum, _ in sum + 1 } }
  }

  /// What there was before, and is now; nil where either is not known.
  static func change(_ before: Int?, _ after: Int?) -> FaultTrial.BeforeAndAfter? {
    guard let before, let after else { return nil }
    return FaultTrial.BeforeAndAfter(before: before, after: after)
  }
}
