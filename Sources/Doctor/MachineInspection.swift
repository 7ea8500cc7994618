import Foundation
import Glibc
import LoadEngine
import Machine
import Stack

/// Reads the facts of this machine. It decides nothing, and takes about a second, in which it watches what others do.
package struct MachineInspection {
  private let checkout: Checkout
  private let environment = ProcessInfo.processInfo.environment
  private let interrupts: Interrupts

  private static let look = Duration.seconds(1)

  package init(_ checkout: Checkout, interrupts: Interrupts) {
    self.checkout = checkout
    self.interrupts = interrupts
  }

  package func facts() throws(DeploymentError) -> MachineFacts {
    let processors = processors()
    return MachineFacts(
      tools: tools(), processors: processors, load: try load(processors: processors.count), limits: limits())
  }

  // MARK: Tools

  private func tools() -> MachineFacts.Tools {
    let search = ProgramSearch(environment: environment)
    var tools = MachineFacts.Tools()
    tools.isImage = checkout.isImage
    tools.swift = search.program("swift").flatMap { answer([$0, "--version"]) }
      .flatMap { $0.firstMatch(of: /Swift version ([\d.]+)/) }.map { String($0.1) }
    tools.hasDatabaseHeaders =
      exists("/usr/include/postgresql/libpq-fe.h") || exists("/usr/include/libpq-fe.h")
      || search.program("pkg-config").flatMap { answer([$0, "--exists", "libpq"]) } != nil
    let python = environment["SHOOTOUT_PYTHON"].flatMap { $0.isEmpty ? nil : $0 } ?? "python3"
    if let program = search.program(python) {
      tools.python = answer([program, "-I", "-c", "import platform; print(platform.python_version())"])
      tools.pythonHasVenv = answer([program, "-I", "-c", "import ensurepip, venv"]) != nil
    }
    if let directory = try? search.postgresDirectory() {
      let words = answer([directory + "/postgres", "--version"])?.split(separator: " ") ?? []
      tools.postgres = words.count > 2 ? String(words[2]) : nil
      tools.hasStatementStatistics = StatementStatistics.isInstalled(search)
    }
    tools.hasServerAccount = geteuid() != 0 || Account.named(Account.ofServers) != nil
    let state = StateDirectory(of: checkout, environment: environment)
    // What is not there yet can be made, unless its path is too long.
    if exists(state.path) || state.path.utf8.count > StateDirectory.longestPath {
      do throws(DeploymentError) { try state.prepare() } catch {
        tools.stateProblem = "\(error)".split(separator: "\n").first.map(String.init)
      }
    }
    tools.freeDiskBytes = freeBytes(checkout.path)
    for name in ["git", "docker", "valgrind", "strace", "wrk", "hey"] {
      tools.optional[name] = search.program(name) != nil
    }
    tools.optional["jemalloc"] = ProgramSearch.jemalloc != nil
    do throws(TargetError) {
      let targets = try Target.discover(in: checkout.frameworks)
      tools.takenPorts = takenPorts(targets, state)
    } catch {
      tools.targetProblem = "\(error)"
    }
    return tools
  }

  /// What a short program says; nil where it cannot be started or fails.
  private func answer(_ command: [String]) -> String? {
    let launch = ProgramLaunch(
      command: command, environment: ChildEnvironment.asking(environment), directory: "/")
    return (try? ShortCommand(command[0], launch, deadline: .seconds(30)).run(interrupts))
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  /// A port that the stack of this checkout holds is as it should be.
  private func takenPorts(_ targets: [Target], _ state: StateDirectory) -> [MachineFacts.Tools.TakenPort] {
    let own = Set(ServerProcesses(state: state).running().values.flatMap { $0.map(\.pid) })
    return targets.filter { !PortHolder.isFree($0.port) }.compactMap { target in
      let holders = PortHolder.processes(on: target.port)
      guard holders.isEmpty || !holders.contains(where: own.contains) else { return nil }
      return .init(port: target.port, target: target.name, holders: holders.map { describeProcess($0) })
    }
  }

  private func freeBytes(_ path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  }

  // MARK: Processors

  private static let system = "/sys/devices/system/cpu"

  private func processors() -> MachineFacts.Processors {
    var processors = MachineFacts.Processors()
    processors.count = ProcessInfo.processInfo.activeProcessorCount
    processors.quota = ControlGroup.ofThisProcess()?.processorLimit()
    let folders = ProcFile.entries(Self.system).filter { $0.wholeMatch(of: /cpu\d+/) != nil }.map {
      "\(Self.system)/\($0)"
    }
    processors.governors = Set(folders.compactMap { line($0 + "/cpufreq/scaling_governor") }).sorted()
    processors.throttlings = ThrottlingCounters.ofThisMachine.read().heatEvents
    processors.turbo = turbo()
    processors.isVirtual = (ProcFile.text("/proc/cpuinfo") ?? "").contains(" hypervisor")
    let supplies = ProcFile.entries("/sys/class/power_supply").filter { !$0.hasPrefix(".") }
    let online = supplies.compactMap { line("/sys/class/power_supply/\($0)/online") }
    processors.isOnBattery = online.isEmpty ? nil : !online.contains("1")
    processors.clockSource = line("/sys/devices/system/clocksource/clocksource0/current_clocksource")
    return processors
  }

  /// Intel's driver says what is switched off, the others what is switched on.
  private func turbo() -> MachineFacts.Processors.Turbo? {
    let (intel, others) = (Self.system + "/intel_pstate/no_turbo", Self.system + "/cpufreq/boost")
    if let value = line(intel) { return value == "1" ? .off : .on(file: intel, off: "1") }
    if let value = line(others) { return value == "0" ? .off : .on(file: others, off: "0") }
    return nil
  }

  // MARK: Load and limits

  private func load(processors: Int) throws(DeploymentError) -> MachineFacts.Load {
    func times() -> [Int32: UInt64] {
      Dictionary(ProcessStat.readAll().map { ($0.pid, $0.userTicks + $0.systemTicks) }) { first, _ in first }
    }
    var load = MachineFacts.Load()
    let (before, start, used) = (SystemStat.read(), Instant.now(), times())
    try interrupts.sleep(Self.look)
    let (after, end) = (SystemStat.read(), Instant.now())
    let ticks = Double(end.nanoseconds(since: start)) * 1e-9 * Double(sysconf(Int32(_SC_CLK_TCK)) * processors)
    if let before, let after, ticks > 0, after.busyTicks >= before.busyTicks, after.stealTicks >= before.stealTicks {
      load.busyShare = min(1, Double(after.busyTicks - before.busyTicks) / ticks)
      load.stealShare = min(1, Double(after.stealTicks - before.stealTicks) / ticks)
    }
    let busiest = times().filter { $0.key != getpid() }
      .map { pid, ticks in (pid, ticks > used[pid] ?? ticks ? ticks - used[pid]! : 0) }.max { $0.1 < $1.1 }
    if let busiest, busiest.1 > 0 { load.busiest = describeProcess(busiest.0) }
    let memory = (ProcFile.text("/proc/meminfo") ?? "").firstMatch(of: /MemAvailable:\s+(\d+) kB/)
    load.availableMemoryBytes = memory.flatMap { Int($0.1) }.map { $0 * 1024 }
    return load
  }

  private func limits() -> MachineFacts.Limits {
    var limits = MachineFacts.Limits()
    var files = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 {
      limits.openFiles = Int(clamping: files.rlim_cur)
      limits.largestOpenFiles = Int(clamping: files.rlim_max)
    }
    limits.trace = .read()
    limits.backlog = line("/proc/sys/net/core/somaxconn").flatMap { Int($0) }
    let ports = (line("/proc/sys/net/ipv4/ip_local_port_range") ?? "").split(whereSeparator: \.isWhitespace)
      .compactMap { Int($0) }
    if ports.count == 2, ports[0] <= ports[1] { limits.ports = ports[0]...ports[1] }
    return limits
  }

  private func line(_ path: String) -> String? {
    ProcFile.text(path).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
