import Foundation
import Glibc
import LoadEngine
import Machine
import WireFormats

/// A server beside a deployed one: started as that one was, with one worker and on a free port, and with what its maker
/// changes. It ends with this value, or with the process that made it, however that ends.
public final class ServerCopy: @unchecked Sendable {
  public let name: String
  public let endpoint: Endpoint
  /// Its home and working directory. It is gone afterwards.
  public let folder: String
  private let child: ChildProcess
  /// Held open for as long as the server has to live.
  private let lifeline: Pipe

  /// - Parameters:
  ///   - server: a process of this machine.
  ///   - folder: does not exist yet. Its parent is one that the server's account can reach.
  ///   - tool: what the server runs under: a program and its options, with `{folder}` for the folder.
  /// - Throws: `noProcess` where the server is none of this machine's processes.
  public init(of server: Stack.Server, in folder: String, under tool: [String] = []) throws(DeploymentError) {
    guard let leader = server.process, leader.isAlive, let command = ProcFile.words("/proc/\(leader.pid)/cmdline"),
      let variables = ProcFile.words("/proc/\(leader.pid)/environ")
    else { throw .noProcess(name: server.name) }
    name = server.name + "-copy"
    self.folder = folder
    let port = UInt16(try PortHolder.findFree())
    var environment = ServerCopy.environment(variables)
    let mark = environment[ServerProcesses.mark].map { $0 + "-copy" }
    environment.merge(
      [
        "PORT": "\(port)", "WORKERS": "1", "TARGET": name, "HOME": folder, "TMPDIR": folder,
        ServerProcesses.mark: mark ?? folder,
      ], uniquingKeysWith: { $1 })
    endpoint = Endpoint(host: "127.0.0.1", port: port)

    let account = try ServerCopy.account(of: leader)
    guard mkdir(folder, 0o700) == 0, account.map({ chown(folder, $0.user, $0.group) }) ?? 0 == 0 else {
      throw .unusableState(path: folder, reason: String(cString: strerror(errno)))
    }
    let log = open(folder + "/log", O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw .unusableState(path: folder, reason: String(cString: strerror(errno))) }
    defer { close(log) }
    lifeline = try Pipe.make()
    _ = fcntl(lifeline.reading!, F_SETFL, 0)
    // The shell ends the whole group when the pipe closes, which it does however this process ends.
    let words = ["/bin/sh", "-c", "\"$@\" & cat; kill -KILL 0", "sh"]
      + tool.map { $0.replacing("{folder}", with: folder) } + command
    child = try ChildProcess.start(
      ProgramLaunch(command: words, environment: environment, directory: folder, account: account),
      input: lifeline.reading, output: log)
    lifeline.closeReading()
  }

  deinit {
    child.kill()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Waits until it answers.
  public func waitUntilReady(within patience: Duration) throws(DeploymentError) {
    let deadline = Instant.now() + patience
    while LoopbackProbe.status(port: Int(endpoint.port), path: "/ping", timeout: .seconds(20)) != 200 {
      guard Instant.now() < deadline else {
        let lines = (ProcFile.text(folder + "/log") ?? "").split(separator: "\n").suffix(15).map(String.init)
        throw .notReady(name: name, after: patience, state: "no answer to GET /ping", log: folder + "/log", tail: lines)
      }
      try Interrupts.none.sleep(.milliseconds(50))
    }
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
    guard stat("/proc/\(leader.pid)", &status) == 0 else { return nil }
    guard status.st_uid != geteuid() else { return nil }
    return Account(name: "\(status.st_uid)", user: status.st_uid, group: status.st_gid)
  }
}
