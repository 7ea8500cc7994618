import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Results
import TestSupport
import Testing

@testable import Machine
@testable import Stack

extension Exclusive.StackTests {
  @Suite struct DeploymentTests {
    private let folder = TemporaryDirectory()

    private var state: StateDirectory { StateDirectory(path: folder.path + "/state") }

    // MARK: Files

    @Test("A stack survives being written and read, readable by its owner only")
    func stackRoundTrip() throws {
      let path = folder.path + "/stack.json"
      var stack = Stack(deployment: .process, python: "3.11.7")
      stack.postgres = Stack.Postgres(
        process: ProcessIdentity(pid: 7, startTime: 1 << 40), version: "15.18", host: "127.0.0.1", port: 5, user: "u",
        database: "d", password: Secret("hush"), settings: ["wal_level": "minimal"])
      stack.servers = [
        Stack.Server(name: "a", owner: ProcessIdentity(pid: 9, startTime: 2), baseURL: "http://127.0.0.1:1", port: 1)
      ]
      try stack.write(path)
      #expect(Stack.read(path) == stack)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      for key in ["base_url", "start_time", "wal_level"] { #expect(text.contains("\"\(key)\" : ")) }
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      #expect(!"\(stack)".contains("hush"))
      #expect(!String(reflecting: stack).contains("hush"))
    }

    @Test("A stack file of another version, a broken one and a missing one are no stack")
    func noStack() {
      folder.write("other.json", #"{"schema": 99, "deployment": "process", "python": "", "servers": []}"#)
      folder.write("broken.json", "{")
      for name in ["other.json", "broken.json", "missing.json"] { #expect(Stack.read(folder.path + "/" + name) == nil) }
    }

    @Test("The state directory depends on the checkout, and is short enough for a Unix socket")
    func stateDirectory() throws {
      let first = StateDirectory(of: Checkout(path: "/a"), environment: [:])
      let second = StateDirectory(of: Checkout(path: "/b"), environment: [:])
      #expect(first != second)
      #expect(first.path.hasPrefix("/var/tmp/framework-shootout-\(getuid())-"))
      #expect(first.path.utf8.count < StateDirectory.longestPath)
      #expect(StateDirectory(of: Checkout(path: "/a"), environment: ["SHOOTOUT_STATE": "/x"]).path == "/x")
    }

    @Test("A state directory that cannot be used is an error that names a way out")
    func unusableState() throws {
      folder.write("file", "")
      let error = #expect(throws: DeploymentError.self) { try StateDirectory(path: folder.path + "/file").prepare() }
      #expect(try #require(error?.description).contains("is not a directory of this account"))
      #expect(try #require(error?.description).contains("SHOOTOUT_STATE"))
      #expect(throws: DeploymentError.self) { try StateDirectory(path: "/nowhere/at/all").prepare() }
      #expect(throws: DeploymentError.self) {
        try StateDirectory(path: "/tmp/" + String(repeating: "x", count: 100)).prepare()
      }
    }

    @Test("A folder that is made is marked, and found again")
    func markedState() throws {
      try state.prepare()
      try state.prepare()
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.path).contains(".framework-shootout"))
      let mode = try FileManager.default.attributesOfItem(atPath: state.path)[.posixPermissions] as? Int
      #expect(mode == 0o711)
    }

    @Test("A folder with files that the suite did not make is refused in one line, and nothing in it is changed")
    func foreignState() throws {
      folder.write("state/postgres/mine", "kept")
      chmod(state.path, 0o750)
      let error = #expect(throws: DeploymentError.self) { try state.prepare() }
      #expect(
        error?.description
          == "\(state.path) holds files that the suite did not make, so it is left alone; right would be a path where nothing is"
      )
      state.remove(state.postgres)
      #expect(try String(contentsOfFile: state.postgres + "/mine", encoding: .utf8) == "kept")
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.path) == ["postgres"])
      let mode = try FileManager.default.attributesOfItem(atPath: state.path)[.posixPermissions] as? Int
      #expect(mode == 0o750)
    }

    @Test("An empty folder is used as it is, unless others may write to it")
    func emptyState() throws {
      mkdir(state.path, 0o700)
      chmod(state.path, 0o755)
      try state.prepare()
      let mode = try FileManager.default.attributesOfItem(atPath: state.path)[.posixPermissions] as? Int
      #expect(mode == 0o755)
      let open = StateDirectory(path: folder.path + "/open")
      mkdir(open.path, 0o700)
      chmod(open.path, 0o777)
      #expect(throws: DeploymentError.foreign(path: open.path, reason: "may be written to by others")) {
        try open.prepare()
      }
    }

    @Test("A folder of an earlier version, which made no mark, is known by what is in it")
    func earlierState() throws {
      for name in ["state/deploy.lock", "state/logs/postgres.log", "state/homes/a/x"] { folder.write(name, "") }
      try state.prepare()
      #expect(FileManager.default.fileExists(atPath: state.path + "/.framework-shootout"))
    }

    @Test("A link in the place of the state directory is refused")
    func linkedState() throws {
      symlink("/tmp", folder.path + "/link")
      #expect(throws: DeploymentError.self) { try StateDirectory(path: folder.path + "/link").prepare() }
    }

    @Test("The fingerprint of a folder changes with names and contents, not with what Python leaves there")
    func fingerprint() {
      func current() -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(folder: folder.path)
        return fingerprint.text
      }
      folder.write("app.py", "a")
      let first = current()
      folder.write("__pycache__/app.pyc", "x")
      folder.write(".cache/file", "x")
      #expect(current() == first)
      folder.write("app.py", "b")
      #expect(current() != first)
      folder.write("app.py", "a")
      #expect(current() == first)
      folder.write("more.py", "")
      #expect(current() != first)
    }

    @Test("A lock has one holder, who is named, and is free when the holder lets go")
    func lock() throws {
      let path = folder.path + "/lock"
      #expect(FileLock.holder(of: path) == nil)
      do {
        guard let lock = try FileLock.take(path) else {
          Issue.record("the lock is free and was not given")
          return
        }
        #expect(try isTaken(path))
        #expect(FileLock.holder(of: path) == getpid())
        withExtendedLifetime(lock) {}
      }
      #expect(FileLock.holder(of: path) == nil)
    }

    @Test("A lock tells what it is held for, and by whom")
    func lockPurpose() throws {
      let path = folder.path + "/lock"
      let lock = try FileLock.take(path, for: "measures since noon")
      #expect(FileLock.purpose(of: path) == "measures since noon")
      let user = String(cString: getpwuid(getuid()).pointee.pw_name)
      #expect(describeMeasurement(path) == "\(user) (pid \(getpid())) measures since noon")
      withExtendedLifetime(lock) {}
    }

    @Test("A lock or a log that is a link, has another name or is no file is refused and left as it is")
    func foreignFiles() throws {
      folder.write("mine", "kept")
      let mine = folder.path + "/mine"
      symlink(mine, folder.path + "/link")
      link(mine, folder.path + "/other-name")
      mkfifo(folder.path + "/pipe", 0o600)
      for (name, fault) in [
        ("link", "is a link"), ("other-name", "has another name, too"), ("pipe", "is no regular file"),
      ] {
        let path = folder.path + "/" + name
        let error = #expect(throws: DeploymentError.self) {
          if try FileLock.take(path) == nil { throw DeploymentError.owned(by: "nobody") }
        }
        #expect(error == .foreign(path: path, reason: fault))
        #expect(throws: DeploymentError.foreign(path: path, reason: fault)) { try OwnFile.open(path, emptied: true) }
      }
      #expect(try String(contentsOfFile: mine, encoding: .utf8) == "kept")
    }

    private func isTaken(_ path: String) throws -> Bool {
      if try FileLock.take(path) == nil { return true }
      return false
    }

    // MARK: Programs

    @Test("A command returns what it wrote, and its failure is told with its last lines")
    func shortCommand() throws {
      func run(_ script: String) throws(DeploymentError) -> String {
        let launch = ProgramLaunch(command: ["/bin/sh", "-c", script], environment: ["A": "1"], directory: folder.path)
        return try ShortCommand("trying", launch, deadline: .seconds(5)).run(.none)
      }
      #expect(try run("echo $A; pwd") == "1\n\(folder.path)\n")
      let error = #expect(throws: DeploymentError.self) { try run("echo no such thing >&2; exit 3") }
      #expect(error?.description == "trying: /bin/sh -c echo no such thing >&2; exit 3: exit code 3\n  no such thing")
      #expect(try run("head -c 3000000 /dev/zero").utf8.count == ShortCommand.outputLimit)
    }

    @Test("What a command took is that of its own process: CPU time and memory")
    func usage() throws {
      func usage(_ script: String) throws -> ProcessUsage {
        let launch = ProgramLaunch(command: ["/bin/sh", "-c", script], environment: [:], directory: folder.path)
        return try ShortCommand("trying", launch, deadline: .seconds(60)).runMeasured(.none).usage
      }
      let idle = try usage("sleep 0.2")
      let busy = try usage("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done")
      #expect(busy.cpuSeconds > 4 * idle.cpuSeconds && busy.cpuSeconds > 0.02, "\(busy), idle \(idle)")
      // Until it becomes another program, a child counts as large as this process, so it has to be larger.
      let bytes = idle.peakBytes + 50_000_000
      let large = try usage("x=$(head -c \(bytes) /dev/zero | tr '\\0' a); true")
      #expect(large.peakBytes > idle.peakBytes + 25_000_000, "\(large), idle \(idle)")
    }

    @Test("A command that takes too long is ended with its children")
    func deadline() throws {
      let script = "sleep 60 & echo $! > child; wait"
      let launch = ProgramLaunch(command: ["/bin/sh", "-c", script], environment: [:], directory: folder.path)
      let error = #expect(throws: DeploymentError.self) {
        try ShortCommand("trying", launch, deadline: .milliseconds(300)).run(.none)
      }
      #expect(error?.description.hasPrefix("trying: not done after 300 ms") == true)
      let child = try #require(ProcFile.text(folder.path + "/child").flatMap { Int32($0.dropLast()) })
      #expect(eventually { ProcessStat.read(child)?.isZombie ?? true })
    }

    @Test("A program that cannot be started is an error with its errno")
    func cannotStart() {
      let launch = ProgramLaunch(command: ["/nowhere"], environment: [:], directory: "/")
      #expect(throws: DeploymentError.system(call: "start /nowhere", errno: ENOENT)) {
        try ChildProcess.start(launch, output: 2)
      }
    }

    @Test("A child has three descriptors, a session of its own and the default signals")
    func cleanChild() throws {
      let extra = open("/dev/null", O_RDONLY)
      defer { close(extra) }
      let script = "ls /proc/self/fd | wc -l; cut -d' ' -f1,6 /proc/$$/stat; grep SigIgn /proc/$$/status"
      let launch = ProgramLaunch(
        command: ["/bin/sh", "-c", script], environment: ["PATH": "/usr/bin:/bin"], directory: "/")
      let lines = try ShortCommand("looking", launch, deadline: .seconds(5)).run(.none).split(separator: "\n")
      // ls itself opens the folder.
      #expect(lines[0] == "4")
      let numbers = lines[1].split(separator: " ")
      #expect(numbers[0] == numbers[1])
      let ignored = try #require(UInt64(lines[2].suffix(16), radix: 16))
      for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM] { #expect(ignored >> UInt64(signal - 1) & 1 == 0) }
    }

    private static let stranger = Account(name: "stranger", user: 64_321, group: 64_321)

    @Test("What an account cannot pass is the topmost closed folder, and what it needs below is listed")
    func reach() throws {
      folder.write("closed/deeper/app/app.py", "x")
      folder.write("open/fixtures/file", "x")
      for path in ["", "/open", "/open/fixtures", "/closed/deeper", "/closed/deeper/app"] {
        chmod(folder.path + path, 0o755)
      }
      chmod(folder.path + "/closed", 0o700)
      let app = folder.path + "/closed/deeper/app"
      let reach = try Reach(of: Self.stranger, to: [app, folder.path + "/open/fixtures"])
      #expect(reach.closed == [folder.path + "/closed"] && reach.visible == [app])
      chmod(app, 0o700)
      let error = #expect(throws: DeploymentError.closed(folder: app, to: "stranger")) {
        try Reach(of: Self.stranger, to: [app])
      }
      #expect(error?.description.hasPrefix("\(app) is closed to the account stranger, as which root runs") == true)
    }

    @Test(
      "A server sees of a closed folder only what it needs, and cannot change it",
      .enabled("only root starts servers as another account") { geteuid() == 0 })
    func hidden() throws {
      folder.write("closed/app/app.py", "served")
      folder.write("closed/secret", "kept")
      chmod(folder.path, 0o755)
      chmod(folder.path + "/closed", 0o700)
      let app = folder.path + "/closed/app"
      var launch = ProgramLaunch(
        command: ["/bin/sh", "-c", "cat app.py; ls ..; touch new; grep NoNewPrivs /proc/self/status; id -u"],
        environment: ["PATH": "/usr/bin:/bin"], directory: app, account: Self.stranger)
      launch.isConfined = true
      (launch.closed, launch.visible) = ([folder.path + "/closed"], [app])
      do {
        let said = try ShortCommand("looking", launch, deadline: .seconds(10)).run(.none)
        #expect(said == "servedapp\nNoNewPrivs:\t1\n64321\n")
      } catch DeploymentError.closed(let closed, let name) {
        // A container may have a root that may mount nothing.
        #expect(closed == folder.path + "/closed" && name == "stranger")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: app) == ["app.py"])
    }

    @Test("Missing PostgreSQL is told with the package that has it")
    func missingPostgres() {
      let error = #expect(throws: DeploymentError.self) {
        try ProgramSearch(environment: ["SHOOTOUT_POSTGRES_BIN": "/nowhere"]).postgresDirectory()
      }
      #expect(
        error?.description == """
          PostgreSQL (initdb, postgres) is missing (looked in /nowhere)
            on Debian or Ubuntu: sudo apt-get install -y --no-install-recommends postgresql
          """)
    }

    @Test("Missing Python is told with the package that has it")
    func missingPython() {
      let error = #expect(throws: DeploymentError.self) {
        try Interpreter.find(
          InterpreterChoice("python9", setting: "SHOOTOUT_PYTHON"), environment: ["PATH": "/nowhere"], .none)
      }
      #expect(error?.description.contains("python3-venv") == true)
    }

    // MARK: Ports

    @Test("Sockets that listen on a port are found in the kernel's table")
    func portTable() {
      let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 101 1 0 100 0 0 10 0
           1: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 102 1 0 100 0 0 10 0
           2: 0100007F:1F40 0100007F:9999 01 00000000:00000000 00:00000000 00000000  0 0 103 1 0 100 0 0 10 0
           3: 0100007F:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 104 1 0 100 0 0 10 0
           4: 0200A8C0:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 105 1 0 100 0 0 10 0
           5: 0000000000000000FFFF00000100007F:1F40 0:0 0A 0:0 00:0 0 0 0 106 1 0 100 0 0 10 0
           6: 00000000000000000000000001000000:1F40 0:0 0A 0:0 00:0 0 0 0 107 1 0 100 0 0 10 0
           7: 0100007F:1F40 00000000
        """
      #expect(PortHolder.listeningInodes(table, port: 8000) == [101, 102, 106])
      #expect(PortHolder.listeningInodes("", port: 8000) == [])
    }

    @Test("A port in use is told with the process that holds it")
    func portInUse() throws {
      let listener = try Listener()
      #expect(!PortHolder.isFree(listener.port))
      #expect(PortHolder.processes(on: listener.port) == [getpid()])
      let error = DeploymentError.portInUse(
        port: listener.port, wantedBy: "sanic",
        holders: PortHolder.processes(on: listener.port).map { describeProcess($0) })
      let lines = error.description.split(separator: "\n")
      #expect(lines[0].hasPrefix("port \(listener.port), which sanic needs, is in use by pid \(getpid()) ("))
      #expect(lines[1].contains("framework.json"))
      let free = try PortHolder.findFree()
      #expect(PortHolder.isFree(free))
    }

    @Test("A port that somebody else holds stops a deployment before anything is started")
    func deployOnBusyPort() throws {
      let listener = try Listener()
      folder.write("docker/frameworks/a/requirements.txt", "")
      folder.write("Package.swift", "")
      let target = Target.named("a", port: listener.port, source: folder.path + "/docker/frameworks/a")
      let configuration = try Configuration.read(
        [:], checkout: Checkout(path: folder.path), scenarios: nil, targets: [target])
      let deployment = try StackDeployment(
        configuration.stack, kind: .process, state: state, interrupts: .none, progress: .silent)
      let error = #expect(throws: DeploymentError.self) { try deployment.deploy(["a"], lifetime: .untilDown) }
      #expect(
        error?.description.hasPrefix("port \(listener.port), which a needs, is in use by pid \(getpid())") == true)
      #expect(!FileManager.default.fileExists(atPath: state.stack))
      #expect(!FileManager.default.fileExists(atPath: state.postgres))
    }

    @Test("A stack in use is not changed by another process")
    func inUse() throws {
      try state.prepare()
      let launch = ProgramLaunch(
        command: ["/bin/sh", "-c", "exec 9> use.lock; flock 9; echo $$ >&9; echo $$ > taken; exec sleep 60"],
        environment: ["PATH": "/usr/bin:/bin"], directory: state.path)
      let holder = try ChildProcess.start(launch, output: 2)
      defer { holder.kill() }
      #expect(eventually { FileLock.holder(of: state.useLock) == holder.pid })
      // While a process becomes another program it has no command line.
      #expect(eventually { ProcFile.words("/proc/\(holder.pid)/cmdline")?.first == "sleep" })
      let configuration = try Configuration.read(
        [:], checkout: Checkout(path: folder.path), scenarios: nil, targets: [.named("a", port: 1)])
      let deployment = try StackDeployment(
        configuration.stack, kind: .process, state: state, interrupts: .none, progress: .silent)
      let error = #expect(throws: DeploymentError.self) { try deployment.down() }
      let says = try #require(error?.description)
      #expect(says.hasPrefix("the stack is in use: ") && says.contains("(pid \(holder.pid) (sleep 60))"), "\(says)")
      #expect(says.contains("; wait until that has ended") && !says.contains("make down"), "\(says)")
      #expect(throws: DeploymentError.self) {
        try StackLease.take(
          configuration.stack, executable: "/bin/false", environment: ["SHOOTOUT_STATE": state.path], progress: { _ in }
        )
      }
    }

    /// A child that answers as `shootout deploy --until-stdin-closes` does.
    @Test("A lease has servers started anew, and then tells of the new ones", .timeLimit(.minutes(1)))
    func restart() throws {
      try state.prepare()
      func stack(pid: Int32) -> Stack {
        Stack(
          deployment: .process, python: "3.11.7",
          servers: [
            Stack.Server(
              name: "a", process: ProcessIdentity(pid: pid, startTime: 1), baseURL: "http://127.0.0.1:1", port: 1)
          ])
      }
      try stack(pid: 7).write(folder.path + "/first.json")
      try stack(pid: 8).write(folder.path + "/second.json")
      folder.write(
        "deploy",
        """
        #!/bin/sh
        cp \(folder.path)/first.json \(state.stack)
        echo ready
        # Its input does not block.
        for attempt in $(seq 100); do
          read -r line || { sleep 0.02; continue; }
          [ "$line" = "restart a,b" ] && cp \(folder.path)/second.json \(state.stack)
          [ "$line" = "restart c" ] && exit 3
          echo a: ready on port 1
          echo ready
        done
        """)
      chmod(folder.path + "/deploy", 0o755)
      let configuration = try Configuration.read(
        [:], checkout: Checkout(path: folder.path), scenarios: nil, targets: [.named("a", port: 1)])
      let lease = try StackLease.take(
        configuration.stack, executable: folder.path + "/deploy", environment: ["SHOOTOUT_STATE": state.path],
        progress: { _ in })
      #expect(lease.stack == stack(pid: 7))
      #expect(try lease.restart(["a", "b"]) == stack(pid: 8))
      #expect(lease.stack == stack(pid: 8))
      let error = #expect(throws: DeploymentError.self) { try lease.restart(["c"]) }
      #expect(try #require(error?.description).contains("3"))
      lease.giveBack()
    }

    @Test("A line to a deployment names the targets to start anew, or asks for nothing")
    func restartLine() {
      #expect(StackRequest(line: "restart base,head") == .restart(["base", "head"]))
      #expect(StackRequest(line: "restart ") == .restart([]))
      #expect(StackRequest(line: "stop database") == .stopDatabase)
      #expect(StackRequest(line: "start database") == .startDatabase)
      for line in ["", "restart", "Restart a", "down a", "stop", "stop database "] {
        #expect(StackRequest(line: line) == nil)
      }
    }

    @Test("What starts nothing is refused where something is to be started")
    func notBuilt() throws {
      let configuration = try Configuration.read(
        [:], checkout: Checkout(path: "/c"), scenarios: nil, targets: [])
      let error = #expect(throws: DeploymentError.notBuilt(.external)) {
        try StackDeployment(configuration.stack, kind: .external, interrupts: .none, progress: .silent)
      }
      #expect(error?.description == "deployment 'external' is not started by the suite; known: process, docker")
    }

    @Test("A stack is not deployed beside one of another kind, and is taken down as what it is")
    func otherKind() throws {
      try state.prepare()
      var stack = Stack(deployment: .docker, python: "3.11.7")
      stack.servers = [Stack.Server(name: "a", baseURL: "http://127.0.0.1:1", port: 1)]
      try stack.write(state.stack)
      let configuration = try Configuration.read(
        [:], checkout: Checkout(path: folder.path), scenarios: nil, targets: [.named("a", port: 1)])
      let deployment = try StackDeployment(
        configuration.stack, kind: .process, state: state, interrupts: .none, progress: .silent)
      let error = #expect(throws: DeploymentError.otherKind(up: .docker, wanted: .process)) {
        try deployment.deploy(["a"], lifetime: .untilDown)
      }
      #expect(error?.description.contains("make down") == true)
      let down = try StackDeployment(configuration.stack, kind: nil, state: state, interrupts: .none, progress: .silent)
      #expect(down.kind == .docker)
    }

    // MARK: Servers

    private func startMarked(_ name: String, _ script: String) throws -> ChildProcess {
      try state.prepare()
      let launch = ProgramLaunch(
        command: ["/bin/sh", "-c", script],
        environment: ["PATH": "/usr/bin:/bin", ServerProcesses.mark: state.work(name)], directory: folder.path)
      return try ChildProcess.start(launch, output: 2)
    }

    @Test("A server that ends when asked to is not killed")
    func stopsPolitely() throws {
      _ = try startMarked("a", "trap 'exit 0' TERM; touch ready; while :; do sleep 0.02; done")
      #expect(eventually { FileManager.default.fileExists(atPath: folder.path + "/ready") })
      let processes = ServerProcesses(state: state)
      #expect(try processes.stop(["a": Target.Stop(signal: .term, graceS: 5)]) == [])
      #expect(processes.running().isEmpty)
    }

    @Test("A family that ignores the signal is killed to the last member, and nobody else is")
    func stopsByForce() throws {
      let child = "trap '' TERM; touch \\$0; while :; do sleep 1; done"
      _ = try startMarked("a", "trap '' TERM; setsid sh -c \"\(child)\" one & sh -c \"\(child)\" two & wait")
      let other = try startMarked("b", "exec sleep 60")
      defer { other.kill() }
      for name in ["one", "two"] {
        #expect(eventually { FileManager.default.fileExists(atPath: folder.path + "/" + name) })
      }
      let processes = ServerProcesses(state: state)
      #expect(processes.running()["a"]?.count ?? 0 >= 3)
      #expect(try processes.stop(["a": Target.Stop(signal: .term, graceS: 0.1)]) == ["a"])
      #expect(processes.running().mapValues { $0.map(\.pid) } == ["b": [other.pid]])
    }

    @Test("Workers whose leader was killed are found and stopped")
    func orphans() throws {
      let leader = try startMarked("a", "sleep 60 & echo $! > worker; wait")
      #expect(eventually { ProcFile.text(folder.path + "/worker")?.isEmpty == false })
      kill(leader.pid, SIGKILL)
      #expect(eventually { leader.reap() != nil })
      let processes = ServerProcesses(state: state)
      #expect(processes.running()["a"]?.count == 1)
      #expect(try processes.stop(["a": .usual]) == [])
      #expect(processes.running().isEmpty)
    }

    // MARK: Starting

    @Test(
      "A version that pip does not find is told in one line with its neighbours",
      arguments: [
        ("fastapi==0.116.9", "there is no fastapi==0.116.9; the nearest are 0.116.1 and 0.117.0rc1"),
        ("fastapi==0.999", "there is no fastapi==0.999; the nearest is 0.165.0"),
        ("fastapi==0.0.1", "there is no fastapi==0.0.1; the nearest is 0.9.0"),
      ])
    func unknownVersion(requirement: String, says: String) {
      let output = """
        Looking in links: /wheels
        ERROR: Could not find a version that satisfies the requirement \(requirement) (from versions: 0.9.0, 0.116.1, \
        0.117.0rc1, 0.165.0)
        ERROR: No matching distribution found for \(requirement)
        """
      #expect(UnknownVersion(output)?.description == says)
      let error = DeploymentError.failed(
        what: "head: pip install", command: "pip", status: .exited(1), output: output)
      #expect(error.description == "head: pip install: \(says)")
    }

    @Test(
      "Where pip found no version at all, or failed otherwise, it is told in its own words",
      arguments: [
        "ERROR: Could not find a version that satisfies the requirement x==1 (from versions: none)",
        "ERROR: Cannot install x==1 and y==2 because these package versions have conflicting dependencies.",
      ])
    func otherFailures(output: String) {
      #expect(UnknownVersion(output) == nil)
      let error = DeploymentError.failed(what: "head", command: "pip", status: .exited(1), output: output)
      #expect(error.description == "head: pip: exit code 1\n  \(output)")
    }

    @Test("Of a log the last word is the last exception in it, or else its last line")
    func lastWord() {
      let log = [
        "Traceback (most recent call last):", "  import x", "ModuleNotFoundError: No module named 'x'", "  File y",
      ]
      #expect(DeploymentError.lastWord(log) == "ModuleNotFoundError: No module named 'x'")
      #expect(DeploymentError.lastWord(["a.b.SettingError: no", "HOST is not set", ""]) == "a.b.SettingError: no")
      #expect(DeploymentError.lastWord(["begins", "HOST is not set"]) == "HOST is not set")
      #expect(DeploymentError.lastWord([]) == nil)
    }

    @Test(
      "Workers that end and are started again are an error at once, with what they said last", .timeLimit(.minutes(1)))
    func endingWorkers() throws {
      let leader = try startMarked("a", "while :; do for n in 1 2 3 4; do sleep 0.3 & done; wait; done")
      defer { leader.kill() }
      var server = Stack.Server(name: "a", owner: nil, baseURL: "http://127.0.0.1:1", port: 1)
      server.process = ProcessIdentity(pid: leader.pid)
      var start = ServerStart(
        target: .named("a", port: 1), server: server, python: "", failure: { nil },
        log: { ("a.log", ["ImportError: no x"]) })
      var message: String?
      let begun = Instant.now()
      while message == nil, Instant.now() < begun + .seconds(30) {
        do throws(DeploymentError) { _ = try start.isReady(connections: [:]) } catch { message = error.description }
      }
      #expect(
        message == "the workers of a end at their start: ImportError: no x; the end of a.log:\n  ImportError: no x")
    }

    @Test("A target gets its settings and nothing of the user's environment")
    func environment() {
      let target = Target.named("a", port: 8123)
      let postgres = Stack.Postgres(
        version: "15", host: "127.0.0.1", port: 5, user: "u", database: "d", password: Secret("p"))
      let environment = ProcessRuntime.environment(
        of: target, VirtualEnvironment(directory: "/venv", versions: [:]), postgres: postgres,
        fixtures: "/fixtures",
        work: "/scratch")
      #expect(
        environment == [
          "PATH": "/venv/bin:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC",
          "HOME": "/scratch", "TMPDIR": "/scratch/tmp",
          "PYTHONNOUSERSITE": "1", "HOST": "127.0.0.1", "PORT": "8123", "WORKERS": "4",
          "TARGET": "a", "DATABASE_URL": "postgresql://u:p@127.0.0.1:5/d", "FIXTURES": "/fixtures",
          "SHOOTOUT_TARGET": "/scratch",
        ])
    }

    @Test("A distribution is found however its name is spelled")
    func distributionNames() {
      let installed = VirtualEnvironment(directory: "", versions: ["pydantic_core": "2.0", "Jinja2": "3.1"])
      #expect(installed.version(of: "pydantic-core") == "2.0")
      #expect(installed.version(of: "jinja2") == "3.1")
      #expect(installed.version(of: "flask") == nil)
    }

    @Test("The status is a table, and healthy only where all is up")
    func status() {
      var status = StackStatus(rows: [
        StackStatus.Row(
          name: "postgres", state: "up", version: "15.18", port: 5432, processes: 7, connections: 17, pid: 9),
        StackStatus.Row(name: "sanic", state: "down"),
      ])
      #expect(
        status.table == """
          NAME      STATE  VERSION  PORT  PROCS  CONNS  PID
          postgres  up     15.18    5432  7      17     9
          sanic     down   –        –     –      –      –
          """)
      #expect(!status.isHealthy)
      status.rows.removeLast()
      #expect(status.isHealthy)
    }

    @Test("The status fits 80 columns: what is wrong and where the logs are stands below the table")
    func statusWidth() {
      let folder = "/var/tmp/framework-shootout-0-0123abcd/logs"
      let status = StackStatus(rows: [
        StackStatus.Row(
          name: "postgres", state: "up", version: "15.18", port: 45_123, processes: 27, connections: 128,
          pid: 4_000_000,
          log: folder + "/postgres.log"),
        StackStatus.Row(
          name: "a-framework-with-a-long-name", state: "has 12 of 16 database connections: a worker is missing",
          version: "2025.12.1", port: 8001, processes: 6, connections: 12, pid: 4_000_001, log: folder + "/x.log"),
      ])
      let lines = status.table.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(status.table)")
      #expect(lines[2].contains("unhealthy"))
      #expect(lines[3...].joined(separator: " ").contains("has 12 of 16 database connections"))
      #expect(lines.last == "logs: /var/tmp/framework-shootout-0-0123abcd/logs/NAME.log")
      let containers = StackStatus(
        rows: ["postgres", "sanic"].map {
          StackStatus.Row(name: $0, state: "up", log: "docker logs framework-shootout-01234567-\($0)-1")
        })
      #expect(
        containers.table.split(separator: "\n").last == "logs: docker logs framework-shootout-01234567-NAME-1")
    }

    /// Whether it comes true within ten seconds.
    private func eventually(_ condition: () -> Bool) -> Bool {
      let deadline = Instant.now() + .seconds(10)
      while Instant.now() < deadline {
        if condition() { return true }
        usleep(2000)
      }
      return condition()
    }
  }
}

/// A socket of this process that listens on a port of its own.
private final class Listener {
  let port: Int
  private let descriptor: Int32

  init() throws {
    port = try PortHolder.findFree()
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = LoopbackProbe.address(port: port)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(bound == 0 && listen(descriptor, 1) == 0)
  }

  deinit {
    close(descriptor)
  }
}
