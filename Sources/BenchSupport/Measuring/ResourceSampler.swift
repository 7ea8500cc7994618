import Foundation
import Glibc
import LoadEngine
import Machine
import Results
import Stack

/// What everybody used until one moment. Two of them make the figures of a window.
public struct ResourceSample: Equatable, Sendable {
  /// When the CPU times were read: under load that may be later than it was asked for.
  public var instant = Instant.now()
  /// By target; without those that were not up.
  public var servers: [String: TreeUsage]
  public var postgres: TreeUsage?
  /// What carries the load into the container; nil without containers.
  public var proxy: TreeUsage?
  /// This process, which generates the load.
  public var generator: TreeUsage
  public var system: SystemStat?
  public var throttling = ProcessorThrottling()
  /// Absent where it was not asked for, or the kernel does not tell.
  package var serverMemory: MemoryUse?
  package var postgresMemory: MemoryUse?
  package var generatorMemory: MemoryUse?
  /// Open file descriptors of the target under load; absent where they were not asked for, or cannot be seen.
  public var serverDescriptors: Int?
}

/// Reads what the stack uses, from `/proc` and from the control groups of containers. One reading takes a few
/// milliseconds, so it belongs at the ends of a window and not into it.
public struct ResourceSampler: Sendable {
  private let servers: [String: UsageSource]
  private let postgres: UsageSource?
  private let proxy: UsageSource?
  private let underLoad: String
  private static let leastSeen = 0.5
  private static let ticksPerSecond = UInt64(sysconf(Int32(_SC_CLK_TCK)))

  /// - Parameter underLoad: the target that is measured; the others should be idle.
  public init(_ stack: Stack, underLoad: String) {
    var servers: [String: UsageSource] = [:]
    for server in stack.servers { servers[server.name] = UsageSource(server.process, server.container) }
    self.servers = servers
    self.postgres = stack.postgres.flatMap { UsageSource($0.process, $0.container) }
    proxy = UsageSource(stack[underLoad]?.container?.proxy, nil)
    self.underLoad = underLoad
  }

  /// Whether the target under load runs where this machine's counters see it.
  package var seesServer: Bool { servers[underLoad] != nil }

  /// - Parameters:
  ///   - withMemory: also adds up the memory of the target under load, of Postgres and of this process. This takes longer,
  ///     some tens of milliseconds, and is for the end of a window, after the times were read.
  ///   - withDescriptors: also counts the open descriptors of the target under load, while its connections stand.
  public func sample(withMemory: Bool = false, withDescriptors: Bool = false) -> ResourceSample {
    let processes = ProcessStat.readAll()
    let own = processes.filter { $0.pid == getpid() }

    var sample = ResourceSample(
      instant: .now(), servers: servers.compactMapValues { $0.usage(processes, Self.ticksPerSecond) },
      postgres: postgres?.usage(processes, Self.ticksPerSecond),
      proxy: proxy?.usage(processes, Self.ticksPerSecond),
      generator: TreeUsage(own, ticksPerSecond: Self.ticksPerSecond), system: SystemStat.read(),
      throttling: ThrottlingCounters.ofThisMachine.read())
    if withDescriptors { sample.serverDescriptors = servers[underLoad]?.descriptors(processes) }
    if withMemory {
      sample.serverMemory = servers[underLoad]?.memory(processes)
      sample.postgresMemory = postgres?.memory(processes)
      sample.generatorMemory = MemoryUse.read(own)
    }
    return sample
  }

  /// What was used between two samples.
  ///
  /// - Parameters:
  ///   - window: the length of the window that both samples were to frame. The CPU time of the target and of Postgres
  ///     is brought to that length: a sample that came late has seen less of the load, or more. Where it has seen less
  ///     than half of it, nothing is said of them: what a server did in a few milliseconds tells nothing about a window.
  ///   - loadEnded: when there was no load any more; CPU time belongs to what was before.
  package func difference(
    from start: ResourceSample, to end: ResourceSample, window: Duration, loadEnded: Instant
  ) -> ResourceFigures {
    var figures = difference(from: start, to: end)
    let seen = Double(min(end.instant, loadEnded).nanoseconds(since: start.instant)) * 1e-9
    guard seen >= window.inSeconds * Self.leastSeen else {
      (figures.server, figures.postgres, figures.otherCpuS) = (nil, nil, nil)
      return figures
    }
    figures.server?.scale(by: window.inSeconds / seen)
    figures.postgres?.scale(by: window.inSeconds / seen)
    return figures
  }

  /// What was used between two samples, as it was read.
  public func difference(from start: ResourceSample, to end: ResourceSample) -> ResourceFigures {
    func figures(_ earlier: TreeUsage?, _ later: TreeUsage?, _ memory: MemoryUse?) -> ProcessFigures? {
      guard let earlier, let later else { return nil }
      return later.figures(since: earlier, memory: memory)
    }
    var server = figures(start.servers[underLoad], end.servers[underLoad], end.serverMemory)
    server?.descriptors = start.serverDescriptors
    let postgres = figures(start.postgres, end.postgres, end.postgresMemory)
    let generator = end.generator.figures(since: start.generator, memory: end.generatorMemory)
    var idle: [String: Double] = [:]
    for (name, usage) in end.servers where name != underLoad {
      idle[name] = figures(start.servers[name], usage, nil)?.cpuS
    }

    let proxy = figures(start.proxy, end.proxy, nil)?.cpuS
    var resources = ResourceFigures(
      server: server, postgres: postgres, proxyCpuS: proxy, generator: generator, idleCpuS: idle)
    if let before = start.throttling.quotaNanoseconds, let after = end.throttling.quotaNanoseconds, after >= before {
      resources.quotaThrottledS = Double(after - before) * 1e-9
    }
    if let before = start.throttling.heatEvents, let after = end.throttling.heatEvents {
      resources.heatThrottlings = max(0, after - before)
    }
    guard let before = start.system, let after = end.system, after.busyTicks >= before.busyTicks else {
      return resources
    }
    let ticks = Double(Self.ticksPerSecond)
    resources.stealCpuS =
      after.stealTicks >= before.stealTicks ? Double(after.stealTicks - before.stealTicks) / ticks : nil
    // With a server elsewhere the sum of what is known here says nothing about others.
    if server != nil && generator != nil {
      let known =
        [server, postgres, generator].compactMap { $0?.cpuS }.reduce(proxy ?? 0, +) + idle.values.reduce(0, +)
      resources.otherCpuS = max(0, Double(after.busyTicks - before.busyTicks) / ticks - known)
    }
    return resources
  }
}

extension Stack {
  /// The anonymous memory of a target now; nil where it cannot be seen.
  func anonymousMemoryBytes(of name: String) -> Int? {
    ResourceSampler(self, underLoad: name).sample(withMemory: true).serverMemory?.anonymous
  }
}

extension ProcessFigures {
  fileprivate mutating func scale(by factor: Double) {
    cpuUserS *= factor
    cpuSystemS *= factor
  }
}
