import Foundation
import Glibc
import LoadEngine
import Machine
import WireFormats

/// A server beside a deployed one: started as that one was, as the same account and seeing the same files, with one worker
/// and on a free port, and with what its maker changes. It ends with this value, or with the process that made it, however
/// that ends.
///
/// One of a process is a process; one of a container is a container, of an image that has the tools for counting as well.
public final class ServerCopy: @unchecked Sendable {
  // Nothing in it changes once it is made; the pipe is closed with it.

  /// Of the server and of what the copy is for, such as `fastapi-counted`. Its database connections carry it.
  public let name: String
  public let endpoint: Endpoint
  /// Its home and working directory, as it sees it. It is gone afterwards.
  public let folder: String
  /// The interpreter that it runs on, as it sees it.
  public let python: String
  /// On this machine: its log is in it.
  private let home: String
  private let surroundings: any CopySurroundings
  private let child: ChildProcess
  private let state: StateDirectory
  private let account: Account?
  /// Held open for as long as the server has to live.
  private let lifeline: Pipe

  /// What differs from the deployed server. `{folder}` stands for the copy's folder, and `{counting}` for what counts in a
  /// server, `docker/counting`.
  public struct Change: Sendable {
    /// Ends the copy's name.
    public var purpose: String
    /// What the server runs under: a program and its options.
    public var tool: [String]
    public var environment: [String: String]

    public init(for purpose: String, tool: [String] = [], environment: [String: String] = [:]) {
      self.purpose = purpose
      self.tool = tool
      self.environment = environment
    }

    /// The same of one of several copies, the first of which is 0.
    public func numbered(_ number: Int) -> Change {
      var change = self
      if number > 0 { change.purpose = "\(number + 1)-\(purpose)" }
      return change
    }

    /// A word with its placeholders filled in.
    func filled(_ word: String, _ folder: String, _ counting: String) -> String {
      word.replacing("{folder}", with: folder).replacing("{counting}", with: counting)
    }
  }

  /// Starts it. It is not ready yet, and may end at once.
  ///
  /// - Throws: `noProcess` where the server is neither a process nor a container of this machine.
  public convenience init(
    of server: Stack.Server, _ target: Target, changed change: Change, _ checkout: Checkout,
    in state: StateDirectory, _ interrupts: Interrupts
  ) throws(DeploymentError) {
    let name = "\(server.name)-\(change.purpose)"
    let port = UInt16(try PortHolder.findFree())
    if let container = server.container {
      let surroundings = try ContainerSurroundings(
        of: container, target, named: name, port: port, changed: change, checkout, interrupts)
      try self.init(name, port, surroundings, in: state)
    } else {
      let surroundings = try ProcessSurroundings(
        of: server, target, named: name, port: port, changed: change, checkout, in: state)
      try self.init(name, port, surroundings, in: state)
    }
  }

  private init(
    _ name: String, _ port: UInt16, _ surroundings: any CopySurroundings, in state: StateDirectory
  ) throws(DeploymentError) {
    let home = state.work(name)
    let account = surroundings.account
    try state.remove(home, of: account)
    for path in [home, home + "/tmp"] { try state.make(path, mode: 0o700) }
    let log = try OwnFile.open(home + "/log", emptied: true)
    defer { close(log) }
    if let account {
      for path in [home + "/tmp", home + "/log", home] where chown(path, account.user, account.group) != 0 {
        throw .system(call: "chown \(path)", errno: errno)
      }
    }
    let lifeline = try Pipe.make()
    _ = fcntl(lifeline.reading!, F_SETFL, 0)
    child = try ChildProcess.start(surroundings.server(in: home), input: lifeline.reading, output: log)
    lifeline.closeReading()
    endpoint = Endpoint(host: "127.0.0.1", port: port)
    (self.name, self.home, self.surroundings) = (name, home, surroundings)
    (folder, python) = (surroundings.folder, surroundings.python)
    (self.state, self.account, self.lifeline) = (state, account, lifeline)
  }

  deinit {
    surroundings.end(child, lifeline)
    try? state.remove(home, of: account)
  }

  /// Removes the folders of copies that a session has left which was killed. Nobody else may make copies meanwhile.
  public static func removeLeftovers(for purposes: [String], in state: StateDirectory) throws(DeploymentError) {
    for name in ProcFile.entries(state.homes) where purposes.contains(where: { name.hasSuffix("-" + $0) }) {
      try state.remove(state.work(name), of: Account.forServers())
    }
  }

  /// The variable `HOST` that it has.
  package var host: String { surroundings.host }

  /// Another program in its surroundings, as the same account.
  package func beside(_ command: [String], environment: [String: String]) -> ProgramLaunch {
    surroundings.beside(command, environment: environment)
  }

  /// Throws where it ended by itself.
  public func requireAlive() throws(DeploymentError) {
    if let (status, _) = child.reap() {
      throw .died(name: name, status: status, log: home + "/log", tail: logEnd)
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
          name: name, after: patience, state: "no answer to GET /ping", log: home + "/log", tail: logEnd)
      }
      if isCalledOff() { throw .interrupted(by: "another server's failure") }
      try interrupts.sleep(.milliseconds(50))
    }
  }

  /// The last lines that it wrote.
  private var logEnd: [String] {
    (ProcFile.text(home + "/log") ?? "").split(separator: "\n").suffix(15).map(String.init)
  }
}

/// Where a copy of a server runs, and how programs are started there.
protocol CopySurroundings: Sendable {
  /// The home of the copy, as it sees it.
  var folder: String { get }
  var python: String { get }
  /// Of the interface that the server listens on.
  var host: String { get }
  /// Whom the copy's folder on this machine belongs to; nil for this process's account.
  var account: Account? { get }
  /// The server, which ends when its standard input closes.
  ///
  /// - Parameter home: its folder on this machine.
  func server(in home: String) -> ProgramLaunch
  func beside(_ command: [String], environment: [String: String]) -> ProgramLaunch
  /// Returns when nothing of it runs any more.
  func end(_ child: ChildProcess, _ lifeline: Pipe)
}

extension CopySurroundings {
  /// Runs the words that follow, and ends their whole group when its standard input closes. Ends as they end.
  static var guardian: [String] {
    [
      "/bin/sh", "-c",
      #"exec 3<&0; "$@" </dev/null 3<&- & server=$!; { cat <&3 >/dev/null; kill -KILL 0; } & exec 3<&-; wait $server"#,
      "sh",
    ]
  }
}
