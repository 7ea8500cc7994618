import Foundation
import Glibc
import LoadEngine
import Machine
import WireFormats

/// A server beside a deployed one: started as that one was, as the same account and seeing the same files, with one worker
/// and on a free port, and with what its maker changes. It ends with this value, or with the process that made it, however
/// that ends.
public final class ServerCopy: @unchecked Sendable {
  // Nothing in it changes once it is made; the pipe is closed with it.

  /// Of the server and of what the copy is for, such as `fastapi-counted`. Its database connections carry it.
  public let name: String
  public let endpoint: Endpoint
  /// Its home and working directory, and the log is in it. It is gone afterwards.
  public let folder: String
  /// The interpreter that it runs on.
  public let python: String
  private let child: ChildProcess
  private let state: StateDirectory
  private let account: Account?
  /// Held open for as long as the server has to live.
  private let lifeline: Pipe

  /// What differs from the deployed server. `{folder}` stands for the copy's folder.
  public struct Change: Sendable {
    /// Ends the copy's name.
    public var purpose: String
    /// What the server runs under: a program and its options.
    public var tool: [String]
    public var environment: [String: String]
    /// Folders that it has to read beside those of the server.
    public var needed: [String]

    public init(
      for purpose: String, tool: [String] = [], environment: [String: String] = [:], needed: [String] = []
    ) {
      self.purpose = purpose
      self.tool = tool
      self.environment = environment
      self.needed = needed
    }
  }

  /// Starts it. It is not ready yet, and may end at once.
  ///
  /// - Throws: `noProcess` where the server is none of this machine's processes.
  public init(
    of server: Stack.Server, _ target: Target, changed change: Change, in state: StateDirectory
  ) throws(DeploymentError) {
    guard let leader = server.process, leader.isAlive, let command = ProcFile.words("/proc/\(leader.pid)/cmdline"),
      let python = command.first, let variables = ProcFile.words("/proc/\(leader.pid)/environ")
    else { throw .noProcess(name: server.name) }
    let name = "\(server.name)-\(change.purpose)"
    let folder = state.work(name)
    let port = UInt16(try PortHolder.findFree())
    var environment = ServerCopy.environment(variables)
    let own = [
      "PORT": "\(port)", "WORKERS": "1", "TARGET": name, "HOME": folder, "TMPDIR": folder + "/tmp",
      ServerProcesses.mark: folder,
    ]
    let changes = change.environment.mapValues { $0.replacing("{folder}", with: folder) }
    environment.merge(own.merging(changes) { $1 }) { $1 }
    let tool = change.tool.map { $0.replacing("{folder}", with: folder) }

    let account = try ServerCopy.account(of: leader)
    try state.remove(folder, of: account)
    for path in [folder, folder + "/tmp"] { try state.make(path, mode: 0o700) }
    let log = try OwnFile.open(folder + "/log", emptied: true)
    defer { close(log) }
    if let account {
      for path in [folder + "/tmp", folder + "/log", folder] where chown(path, account.user, account.group) != 0 {
        throw .system(call: "chown \(path)", errno: errno)
      }
    }
    let lifeline = try Pipe.make()
    _ = fcntl(lifeline.reading!, F_SETFL, 0)
    var launch = ProgramLaunch(
      command: ServerCopy.guardian + tool + command, environment: environment, directory: folder, account: account)
    launch.isConfined = true
    if let account {
      let real = URL(fileURLWithPath: python).resolvingSymlinksInPath().path
      let fixtures = environment["FIXTURES"].map { [$0] } ?? []
      let reach = try Reach(
        of: account,
        to: [python.deletingLast(2), real.deletingLast(2), target.source] + fixtures + change.needed)
      (launch.closed, launch.visible) = (reach.closed, reach.visible)
    }
    child = try ChildProcess.start(launch, input: lifeline.reading, output: log)
    lifeline.closeReading()
    endpoint = Endpoint(host: "127.0.0.1", port: port)
    (self.name, self.folder, self.python) = (name, folder, python)
    (self.state, self.account, self.lifeline) = (state, account, lifeline)
  }

  deinit {
    child.kill()
    try? state.remove(folder, of: account)
  }

  /// Runs the words that follow, and ends their whole group when its standard input closes. Ends as they end.
  private static let guardian = [
    "/bin/sh", "-c",
    #"exec 3<&0; "$@" </dev/null 3<&- & server=$!; { cat <&3 >/dev/null; kill -KILL 0; } & exec 3<&-; wait $server"#,
    "sh",
  ]

  /// Another program in its folder, as the same account.
  package func beside(_ command: [String], environment: [String: String]) -> ProgramLaunch {
    ProgramLaunch(command: command, environment: environment, directory: folder, account: account)
  }

  /// Throws where it ended by itself.
  public func requireAlive() throws(DeploymentError) {
    if let (status, _) = child.reap() {
      throw .died(name: name, status: status, log: folder + "/log", tail: logEnd)
    }
  }

  /// Waits until it answers.
  ///
  /// - Parameter isCalledOff: whether to wait no longer.
  public func waitUntilReady(
    within patience: Duration, _ interrupts: Interrupts, unless isCalledOff: () -> Bool = { false }
  ) throws(DeploymentError) {
    let deadline = Instant.now() + patience
    while LoopbackProbe.status(port: Int(endpoint.port), path: "/ping", timeout: .seconds(10)) != 200 {
      try requireAlive()
      guard Instant.now() < deadline else {
        throw .notReady(
          name: name, after: patience, state: "no answer to GET /ping", log: folder + "/log", tail: logEnd)
      }
      if isCalledOff() { throw .interrupted(by: "another server's failure") }
      try interrupts.sleep(.milliseconds(50))
    }
  }

  /// The last lines that it wrote.
  private var logEnd: [String] {
    (ProcFile.text(folder + "/log") ?? "").split(separator: "\n").suffix(15).map(String.init)
  }

  private static func environment(_ variables: [String]) -> [String: String] {
    variables.reduce(into: [:]) { environment, variable in
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
    }
  }

  /// Whom to become, to be what the server is; nil where that is this process's account.
  private static func account(of leader: ProcessIdentity) throws(DeploymentError) -> Account? {
    var status = stat()
    guard stat("/proc/\(leader.pid)", &status) == 0, status.st_uid != geteuid() else { return nil }
    return Account(name: "\(status.st_uid)", user: status.st_uid, group: status.st_gid)
  }
}
