import EngineBenchmark
import Foundation
import Gate
import Statistics

extension MachineFacts.Processors {
  /// Where fewer are there, the generator, the server and the database have to share them.
  private static let comfortable = 4
  /// A microsecond or more to read.
  private static let slowClocks = ["hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"]

  var findings: [Finding] {
    [
      countFinding, quotaFinding, governorFinding, turboFinding, virtualFinding, batteryFinding, heatFinding,
      clockFinding,
    ]
    .compactMap(\.self)
  }

  private var countFinding: Finding {
    guard count < Self.comfortable else { return .ok("\(count) processors") }
    return .warning(
      "\(Figure.counted(count, "processor")), shared by load generator, server and PostgreSQL.",
      "compare ratios to the reference, or use a machine with \(Self.comfortable) or more")
  }

  private var quotaFinding: Finding? {
    guard let quota, quota < Double(count) else { return nil }
    return .warning(
      "The control group allows \(Figure.significant(quota)) of \(Figure.counted(count, "processor")): more use is stopped.",
      "raise the limit: docker run without --cpus, or systemctl set-property UNIT CPUQuota=")
  }

  private var governorFinding: Finding? {
    guard !governors.isEmpty else { return isVirtual ? nil : .note("The kernel does not report a frequency governor.") }
    guard governors != ["performance"] else { return .ok("frequency governor performance") }
    return .warning(
      "Frequency governor \(governors.joined(separator: ", ")): slow after every pause.",
      "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor")
  }

  private var turboFinding: Finding? {
    switch turbo {
    case .off?: .ok("turbo off")
    case .on(let file, let off)?:
      .warning("Turbo is on: speed changes with heat and with the other cores.", "echo \(off) | sudo tee \(file)")
    case nil: nil
    }
  }

  private var virtualFinding: Finding? {
    isVirtual ? .note("A virtual machine: others may use its processors (stolen time).") : nil
  }

  private var batteryFinding: Finding? {
    isOnBattery == true ? .warning("On battery, which slows the processors.", "plug it in") : nil
  }

  private var heatFinding: Finding? {
    guard let throttlings, throttlings > 0 else { return nil }
    return .note(
      "Processors were slowed down for heat \(Figure.count(throttlings)) times since the machine started.",
      "let it cool, then run make doctor again")
  }

  private var clockFinding: Finding? {
    guard let clockSource, Self.slowClocks.contains(clockSource) else { return nil }
    return .warning(
      "The clock is \(clockSource), which takes a microsecond or more to read.",
      "echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource")
  }
}

extension MachineFacts.Load {
  private static let enoughMemory = 2 << 30

  var findings: [Finding] { [busyFinding, stealFinding, memoryFinding].compactMap(\.self) }

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
      "The hypervisor took \(percent(stealShare)) of the processor time for other machines.",
      "nothing on this machine fixes it: measure at another time, or on a machine of your own")
  }

  private var memoryFinding: Finding? {
    guard let availableMemoryBytes else { return nil }
    let text = "\(Figure.significant(Double(availableMemoryBytes) / 1_073_741_824)) GiB of memory available"
    return availableMemoryBytes >= Self.enoughMemory
      ? .ok(text) : .warning("Only \(text); a run takes 2.", "close programs that are not needed")
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}

extension MachineFacts.Limits {
  private static let fewFiles = 1024
  private static let shortBacklog = 128
  /// A WebSocket load opens some hundred connections a second, and each port rests for a minute.
  private static let fewPorts = 20_000

  /// - Parameter isImage: whether the suite is an image, in which there is no `make` and none of what only that needs.
  func findings(isImage: Bool) -> [Finding] {
    let measuring = [filesFinding(isImage: isImage), backlogFinding, portsFinding].compactMap(\.self)
    return measuring + (isImage ? [] : [traceFinding])
  }

  private func filesFinding(isImage: Bool) -> Finding? {
    guard let openFiles else { return nil }
    if openFiles < Self.fewFiles {
      return .warning(
        "Only \(openFiles) files may be open in a process, too few for the connections.",
        "ulimit -n \(max(openFiles, min(largestOpenFiles ?? 65_536, 65_536)))")
    }
    let enough = EngineWork.capacity + 1000
    guard openFiles < enough, !isImage else { return .ok("\(Figure.count(openFiles)) files may be open") }
    return .note(
      "\(Figure.count(openFiles)) files may be open; make bench-engine needs \(Figure.count(enough)).",
      (largestOpenFiles ?? enough) >= enough
        ? "ulimit -n \(enough)" : "sudo prlimit --pid $$ --nofile=\(enough):\(enough)")
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
      "Only \(Figure.count(ports.count)) outgoing ports (net.ipv4.ip_local_port_range).",
      "sudo sysctl net.ipv4.ip_local_port_range='32768 60999'")
  }

  private var traceFinding: Finding {
    guard let obstacle = trace.obstacle else { return .ok("make profile may trace the servers") }
    return .note("\(obstacle.reason); make profile needs it.", obstacle.fix)
  }
}
