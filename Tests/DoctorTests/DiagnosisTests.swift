import BenchTesting
import Machine
import Stack
import TestSupport
import Testing

@testable import Doctor

extension Exclusive {
  @Suite struct DoctorTests {}
}

extension Exclusive.DoctorTests {
  @Suite struct DiagnosisTests {
    /// A machine on which nothing is wrong.
    private static var sound: MachineFacts {
      var facts = MachineFacts()
      facts.tools.swift = "6.3.1"
      facts.tools.hasDatabaseHeaders = true
      facts.tools.python = "3.11.2"
      facts.tools.pythonHasVenv = true
      facts.tools.postgres = "15.18"
      facts.tools.hasStatementStatistics = true
      facts.tools.freeDiskBytes = 50 << 30
      facts.tools.optional = ["git": true]
      facts.processors.count = 8
      facts.processors.governors = ["performance"]
      facts.processors.turbo = .off
      facts.processors.isOnBattery = false
      facts.processors.throttlings = 0
      facts.processors.clockSource = "tsc"
      facts.load.busyShare = 0.01
      facts.load.stealShare = 0
      facts.load.availableMemoryBytes = 8 << 30
      facts.limits.openFiles = 1_048_576
      facts.limits.backlog = 4096
      facts.limits.ports = 32_768...60_999
      return facts
    }

    private static func diagnosis(_ change: (inout MachineFacts) -> Void) -> Diagnosis {
      var facts = sound
      change(&facts)
      return Diagnosis(facts)
    }

    private static var plain: TerminalColor { TerminalColor(isTerminal: false, environment: [:]) }

    /// What is new beside a sound machine.
    private static func findings(_ change: (inout MachineFacts) -> Void) -> [Finding] {
      let usual = Diagnosis(sound)
      let now = diagnosis(change)
      return (now.needed + now.distorting).filter { !(usual.needed + usual.distorting).contains($0) }
    }

    @Test("On a sound machine nothing is missing and nothing distorts")
    func nothing() {
      let diagnosis = Diagnosis(Self.sound)
      #expect(diagnosis.isComplete)
      #expect((diagnosis.needed + diagnosis.distorting).allSatisfy { $0.level == .ok })
      #expect(diagnosis.text(Self.plain).hasSuffix("\nNothing is missing; nothing would distort a measurement.\n"))
    }

    @Test("The suite's image names nothing that it does not need")
    func image() throws {
      let diagnosis = Diagnosis(
        MachineFacts(
          tools: MachineFacts.Tools(isImage: true), processors: Self.sound.processors, load: Self.sound.load,
          limits: MachineFacts.Limits(openFiles: 2048, trace: TracePermission(hasCapability: false, scope: 3))))
      #expect(diagnosis.isComplete)
      let text = diagnosis.text(Self.plain)
      for word in ["Swift", "Python", "PostgreSQL", "libpq", "docker", "valgrind", "wrk", "make"] {
        #expect(!text.contains(word), "\(text)")
      }
      let broken = Self.diagnosis { ($0.tools.isImage, $0.tools.targetProblem) = (true, "x/framework.json: no JSON") }
      #expect(!broken.isComplete)
    }

    @Test("What cannot be done without is missing, with the command that brings it", arguments: missing)
    func whatIsMissing(_ example: Example) throws {
      let finding = try #require(Self.findings(example.change).first)
      #expect(finding.level == .missing)
      #expect(finding.text.contains(example.text), "\(finding.text)")
      #expect(finding.fix?.contains(example.fix) == true, "\(finding.fix ?? "")")
      #expect(!Self.diagnosis(example.change).isComplete)
    }

    @Test("What distorts a measurement is a warning, with what fixes it", arguments: distorting)
    func whatDistorts(_ example: Example) throws {
      let finding = try #require(Self.findings(example.change).first)
      #expect(finding.level == .warning)
      #expect(finding.text.contains(example.text), "\(finding.text)")
      #expect(finding.fix?.contains(example.fix) == true, "\(finding.fix ?? "")")
      #expect(Self.diagnosis(example.change).isComplete)
    }

    @Test("What only some commands need is a note", arguments: notes)
    func whatIsOfNote(_ example: Example) throws {
      let finding = try #require(Self.findings(example.change).first)
      #expect(finding.level == .note)
      #expect(finding.text.contains(example.text), "\(finding.text)")
      #expect((finding.fix ?? "").hasPrefix(example.fix), "\(finding.fix ?? "")")
    }

    @Test("A machine that tells nothing is missing what was not found, and warned of nothing but its one processor")
    func unknown() {
      let diagnosis = Diagnosis(MachineFacts())
      #expect(diagnosis.needed.count { $0.level == .missing } == 4)
      #expect(diagnosis.distorting.count { $0.level == .warning } == 1)
    }

    @Test("Everything at once is told in lines of 80 columns, but for commands")
    func text() throws {
      let diagnosis = Self.diagnosis { facts in for example in Self.missing + Self.distorting { example.change(&facts) }
      }
      let fixes = Set((diagnosis.needed + diagnosis.distorting).compactMap(\.fix))
      for line in diagnosis.text(Self.plain).split(separator: "\n") {
        #expect(line.count <= 80 || fixes.contains(String(line.drop { $0 == " " })), "\(line)")
      }
      try expectGolden(diagnosis.text(Self.plain), "doctor.txt")
    }

    @Test("Only the word of a level is coloured")
    func color() {
      let text = Diagnosis(Self.sound).text(TerminalColor(isTerminal: true, environment: ["TERM": "xterm"]))
      #expect(text.contains("  \u{1B}[32mok\u{1B}[0m       Swift 6.3.1\n"))
    }

    @Test("There is colour on a terminal, unless NO_COLOR or a dumb terminal asks for none")
    func noColor() {
      for environment in [["TERM": "xterm"], ["NO_COLOR": ""]] {
        let color = TerminalColor(isTerminal: true, environment: environment)
        #expect(color.paint(.ok) == "\u{1B}[32mok\u{1B}[0m" && color.paint(.note) == "note")
      }
      for environment in [["NO_COLOR": "1"], ["NO_COLOR": "0"], ["TERM": "dumb"]] {
        #expect(TerminalColor(isTerminal: true, environment: environment).paint(.ok) == "ok")
      }
      #expect(Self.plain.paint(.missing) == "missing")
    }

    @Test("This machine can be looked at")
    func thisMachine() throws {
      let facts = try MachineInspection(Checkout.find(), interrupts: .none).facts()
      #expect(facts.tools.swift != nil && facts.tools.hasDatabaseHeaders)
      #expect(facts.processors.count > 0)
      #expect(facts.load.busyShare != nil && facts.load.availableMemoryBytes != nil)
      #expect(facts.limits.openFiles != nil)
    }

    struct Example: Sendable, CustomTestStringConvertible {
      var text: String
      var fix: String
      var change: @Sendable (inout MachineFacts) -> Void
      var testDescription: String { text }

      init(_ text: String, _ fix: String, _ change: @escaping @Sendable (inout MachineFacts) -> Void) {
        self.text = text
        self.fix = fix
        self.change = change
      }
    }

    private static let missing = [
      Example("Swift is not on PATH", "6.2 or newer") { $0.tools.swift = nil },
      Example("Swift 6.1.3 is too old", "6.2 or newer") { $0.tools.swift = "6.1.3" },
      Example("headers of libpq", "apt-get install -y --no-install-recommends libpq-dev") {
        $0.tools.hasDatabaseHeaders = false
      },
      Example("Python 3.10.4 is too old", "SHOOTOUT_PYTHON=python3.13") { $0.tools.python = "3.10.4" },
      Example("Python is missing", "python3 python3-venv") { $0.tools.python = nil },
      Example("Python 3.11.2 has no venv", "python3-venv") { $0.tools.pythonHasVenv = false },
      Example("PostgreSQL (initdb, postgres) is missing", "postgresql") { $0.tools.postgres = nil },
      Example("framework-shootout is missing", "useradd --system") { $0.tools.hasServerAccount = false },
      Example("framework.json: x", "docker/frameworks") { $0.tools.targetProblem = "framework.json: x" },
      Example("longer than 70 bytes.", "SHOOTOUT_STATE=") { $0.tools.stateProblem = "/x: longer than 70 bytes" },
      Example("Only 1000 MiB of disk are free", "make clean") { $0.tools.freeDiskBytes = 1000 << 20 },
      Example("Port 8000, which alpha needs, is in use by pid 7 (nc)", "make down") {
        $0.tools.takenPorts = [.init(port: 8000, target: "alpha", holders: ["pid 7 (nc)"])]
      },
    ]

    private static let distorting = [
      Example("2 processors", "ratios to the reference") { $0.processors.count = 2 },
      Example("control group allows 1.50 of 8 processors", "CPUQuota") { $0.processors.quota = 1.5 },
      Example("governor ondemand, powersave", "echo performance | sudo tee") {
        $0.processors.governors = ["ondemand", "powersave"]
      },
      Example("Turbo is on", "echo 1 | sudo tee /sys/x") { $0.processors.turbo = .on(file: "/sys/x", off: "1") },
      Example("On battery", "plug it in") { $0.processors.isOnBattery = true },
      Example("The clock is hpet", "echo tsc") { $0.processors.clockSource = "hpet" },
      Example("Other work uses 35 % of the machine, most of all pid 9 (make)", "ps -eo") {
        $0.load.busyShare = 0.35
        $0.load.busiest = "pid 9 (make)"
      },
      Example("took 7 %", "nothing on this machine fixes it") { $0.load.stealShare = 0.07 },
      Example("Only 1.00 GiB", "close programs that are not needed") { $0.load.availableMemoryBytes = 1 << 30 },
      Example("Only 256 files", "ulimit -n 65536") { $0.limits.openFiles = 256 },
      Example("Only 64 connections may wait", "sysctl net.core.somaxconn=4096") { $0.limits.backlog = 64 },
      Example("Only 1,001 outgoing ports", "ip_local_port_range='32768 60999'") { $0.limits.ports = 50_000...51_000 },
    ]

    private static let notes = [
      Example("pg_stat_statements is missing", "sudo apt-get install -y --no-install-recommends postgresql-contrib") {
        $0.tools.hasStatementStatistics = false
      },
      Example(
        "docker is not installed; DEPLOYMENT=docker needs it",
        "sudo apt-get install -y --no-install-recommends docker.io"
      ) { $0.tools.optional["docker"] = false },
      Example("valgrind is not installed; instructions", "sudo apt-get install") {
        $0.tools.optional["valgrind"] = false
      },
      Example("jemalloc is not installed; instructions", "sudo apt-get install -y --no-install-recommends libjemalloc2")
      {
        $0.tools.optional["jemalloc"] = false
      },
      Example("hey is not installed; make bench-engine", "sudo apt-get install") { $0.tools.optional["hey"] = false },
      Example("A virtual machine", "") { $0.processors.isVirtual = true },
      Example("slowed down for heat 12 times", "let it cool") { $0.processors.throttlings = 12 },
      Example("1,024 files may be open; make bench-engine needs 11,000", "ulimit -n") {
        $0.limits.openFiles = 1024
      },
      Example("so only root may trace the servers; make profile", "sudo sysctl kernel.yama.ptrace_scope=0") {
        $0.limits.trace = TracePermission(hasCapability: false, scope: 1)
      },
      Example("does not report a frequency governor", "") { $0.processors.governors = [] },
    ]
  }
}
