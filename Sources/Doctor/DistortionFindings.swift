import EngineBenchmark
import Foundation
import Gate
import Statistics

extension MachineFacts.Processors {
  /// Where fewer are there, the generator, the server and the database have to share them.
  private static let comfortable = 4

  package var findings: [Finding] {
    [countFinding]
      + [quotaFinding, governorFinding, turboFinding, virtualFinding, batteryFinding, heatFinding, clockFinding]
      .compactMap { $0 }
  }

  private var countFinding: Finding {
    count >= Self.comfortable
      ? .ok("\(count) processors")
      : .warning(
        "\(Figure.counted(count, "processor")): the load generator, the server and PostgreSQL share them, so throughput says little elsewhere.",
        "quote ratios to the reference, or use a machine with \(Self.comfortable) or more")
  }

  private var quotaFinding: Finding? {
    guard let quota, quota < Double(count) else { return nil }
    return .warning(
      "The control group allows \(Figure.significant(quota)) of \(Figure.counted(count, "processor")): whoever reaches the limit is stopped for milliseconds.",
      "raise the limit: docker run without --cpus, or systemctl set-property UNIT CPUQuota=")
  }

  private var governorFinding: Finding? {
    guard !governors.isEmpty else {
      return isVirtual ? nil : .note("The kernel does not tell how it sets the processors' frequency.")
    }
    guard governors != ["performance"] else { return .ok("frequency governor performance") }
    return .warning(
      "Frequency governor \(governors.joined(separator: ", ")): a processor that rests is slow at first.",
      "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor")
  }

  private var turboFinding: Finding? {
    switch turbo {
    case .off?: .ok("turbo off")
    case .on(let file, let off)?:
      .warning(
        "Turbo is on: how fast a processor is depends on its heat and on its neighbours.",
        "echo \(off) | sudo tee \(file)")
    case nil: nil
    }
  }

  private var virtualFinding: Finding? {
    isVirtual
      ? .note("A virtual machine: others may use the same processors. Reports show stolen time round by round.") : nil
  }

  private var batteryFinding: Finding? {
    isOnBattery == true ? .warning("On battery, where the processors are held back.", "plug it in") : nil
  }

  private var heatFinding: Finding? {
    guard let throttlings, throttlings > 0 else { return nil }
    return .note(
      "Processors were slowed down for heat \(Figure.count(throttlings)) times since the machine was started.",
      "let it cool, and look again")
  }

  private var clockFinding: Finding? {
    guard let clockSource, ["hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"].contains(clockSource) else {
      return nil
    }
    return .warning(
      "The clock is \(clockSource), which takes a microsecond or more to read, several times for each request.",
      "echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource")
  }
}

extension MachineFacts.Load {
  private static let enoughMemory = 2 << 30

  package var findings: [Finding] { [busyFinding, stealFinding, memoryFinding].compactMap { $0 } }

  private var busyFinding: Finding? {
    guard let busyShare else { return nil }
    guard busyShare > GatePolicy.standard.otherCPU else {
      return .ok("other work uses \(percent(busyShare)) of the machine")
    }
    let who = busiest.map { ", most of all \($0)" } ?? ""
    return .warning(
      "Other work uses \(percent(busyShare)) of the machine\(who).", "ps -eo pid,pcpu,args --sort=-pcpu | head")
  }

  private var stealFinding: Finding? {
    guard let stealShare else { return nil }
    guard stealShare > GatePolicy.standard.stealCPU else { return .ok("stolen time \(percent(stealShare))") }
    return .warning(
      "The hypervisor took \(percent(stealShare)) of the processors' time for other machines.",
      "nothing on this machine fixes it: measure at another time, or on one of your own")
  }

  private var memoryFinding: Finding? {
    guard let availableMemoryBytes else { return nil }
    let text = "\(Figure.significant(Double(availableMemoryBytes) / 1_073_741_824)) GiB of memory are available"
    return availableMemoryBytes >= Self.enoughMemory
      ? .ok(text) : .warning("Only \(text); four targets and PostgreSQL take 2.", "end what is not needed")
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}

extension MachineFacts.Limits {
  private static let fewFiles = 1024
  private static let shortBacklog = 128
  /// A WebSocket load opens some hundred connections a second, and each port rests for a minute.
  private static let fewPorts = 20_000

  package var findings: [Finding] { [filesFinding, backlogFinding, portsFinding, traceFinding].compactMap { $0 } }

  private var filesFinding: Finding? {
    guard let openFiles else { return nil }
    if openFiles < Self.fewFiles {
      return .warning(
        "Only \(openFiles) files may be open in a process, too few for the connections.",
        "ulimit -n \(max(openFiles, min(largestOpenFiles ?? 65_536, 65_536)))")
    }
    let enough = EngineWork.capacity + 1000
    if openFiles < enough {
      return .note(
        "\(Figure.count(openFiles)) files may be open; the many connections of make bench-engine need \(Figure.count(enough)).",
        (largestOpenFiles ?? enough) >= enough
          ? "ulimit -n \(enough)" : "sudo prlimit --pid $$ --nofile=\(enough):\(enough)")
    }
    return .ok("\(Figure.count(openFiles)) files may be open")
  }

  private var backlogFinding: Finding? {
    guard let backlog, backlog < Self.shortBacklog else { return nil }
    return .warning(
      "Only \(backlog) connections may wait to be accepted (net.core.somaxconn).", "sudo sysctl net.core.somaxconn=4096"
    )
  }

  private var portsFinding: Finding? {
    guard let ports, ports.count < Self.fewPorts else { return nil }
    return .warning(
      "Only \(Figure.count(ports.count)) ports for outgoing connections (net.ipv4.ip_local_port_range).",
      "sudo sysctl net.ipv4.ip_local_port_range='32768 60999'")
  }

  private var traceFinding: Finding? {
    trace.obstacle.map { obstacle in
      let parts = obstacle.components(separatedBy: ": ")
      return .note("\(parts[0]); make profile needs it.", parts.count > 1 ? parts[1] : nil)
    } ?? .ok("servers may be traced, as make profile does")
  }
}
