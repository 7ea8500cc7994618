import CLinux
import Foundation
import Glibc
import LoadEngine
import Machine

/// Reads what every process of a stack uses, again and again, on a thread of its own.
final class ResourceRecorder: @unchecked Sendable {
  private let scenario: String
  private let trees: [(ResourceTimeline.Group, ProcessTree)]
  private let ending = DispatchSemaphore(value: 0)
  private let over = DispatchSemaphore(value: 0)
  /// Of the thread until it is over.
  private var moments: [ResourceTimeline.Moment] = []

  /// Reading some forty processes takes about as many milliseconds.
  private static let interval = 0.5

  init(scenario: String, server: ProcessIdentity, postgres: ProcessIdentity?) {
    self.scenario = scenario
    trees =
      [(.server, ProcessTree(leader: server))] + (postgres.map { [(.postgres, ProcessTree(leader: $0))] } ?? [])
    Thread.detachNewThread { [self] in
      observe()
      over.signal()
    }
  }

  func end() -> ResourceTimeline {
    ending.signal()
    over.wait()
    return ResourceTimeline(scenario: scenario, moments: moments)
  }

  private func observe() {
    let (start, clock) = (Instant.now(), DispatchTime.now())
    func look() {
      let seconds = Double(Instant.now().nanoseconds(since: start)) * 1e-9
      moments.append(.init(seconds: seconds, processes: read()))
    }
    look()
    var next = clock + Self.interval
    while ending.wait(timeout: next) == .timedOut {
      look()
      next = next + Self.interval
    }
    look()
  }

  private func read() -> [ResourceTimeline.Reading] {
    let all = ProcessStat.readAll()
    var readings: [ResourceTimeline.Reading] = []
    for (group, tree) in trees {
      for member in tree.members(of: all) ?? [] where !member.isZombie {
        if let reading = Self.read(member, group, isLeader: member.pid == tree.leader.pid) { readings.append(reading) }
      }
    }
    if let own = all.first(where: { $0.pid == getpid() }),
      let reading = Self.read(own, .generator, isLeader: true)
    {
      readings.append(reading)
    }
    return readings
  }

  /// nil where the process has ended in between.
  private static func read(_ process: ProcessStat, _ group: ResourceTimeline.Group, isLeader: Bool)
    -> ResourceTimeline.Reading?
  {
    var nanoseconds: UInt64 = 0
    guard clinux_process_cpu_time(process.pid, &nanoseconds) == 0 else { return nil }
    let words = ProcFile.words("/proc/\(process.pid)/cmdline") ?? []
    return ResourceTimeline.Reading(
      process: .init(
        group: group, pid: process.pid,
        name: ResourceTimeline.Process.name(group, words: words, isLeader: isLeader)),
      nanoseconds: nanoseconds,
      memoryBytes: MemoryUse(rollup: ProcFile.text("/proc/\(process.pid)/smaps_rollup") ?? "")?.total)
  }
}
