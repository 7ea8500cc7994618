import Foundation
import Glibc
import Machine

/// A copy of a server that is a process of this machine.
struct ProcessSurroundings: CopySurroundings {
  let folder: String
  let python: String
  let host: String
  let account: Account?
  private let launch: ProgramLaunch

  init(
    of server: Stack.Server, _ target: Target, named name: String, port: UInt16, changed change: ServerCopy.Change,
    _ checkout: Checkout, in state: StateDirectory
  ) throws(DeploymentError) {
    guard let leader = server.process, leader.isAlive, let command = ProcFile.words("/proc/\(leader.pid)/cmdline"),
      let python = command.first, let variables = ProcFile.words("/proc/\(leader.pid)/environ")
    else { throw .noProcess(name: server.name) }
    let folder = state.work(name)
    var environment = ChildEnvironment.read(variables)
    let own = [
      "PORT": "\(port)", "WORKERS": "1", "TARGET": name, "HOME": folder, "TMPDIR": folder + "/tmp",
      ServerProcesses.mark: folder,
    ]
    let changes = change.environment.mapValues { change.filled($0, folder, checkout.counting) }
    environment.merge(own.merging(changes) { $1 }) { $1 }
    let tool = change.tool.map { change.filled($0, folder, checkout.counting) }
    let account = try ProcessSurroundings.account(of: leader)
    var launch = ProgramLaunch(
      command: Self.guardian + tool + command, environment: environment, directory: folder, account: account)
    launch.isConfined = true
    if let account {
      let real = URL(fileURLWithPath: python).resolvingSymlinksInPath().path
      let fixtures = environment["FIXTURES"].map { [$0] } ?? []
      let reach = try Reach(
        of: account,
        to: [python.deletingLast(2), real.deletingLast(2), target.source, checkout.counting] + fixtures)
      (launch.closed, launch.visible) = (reach.closed, reach.visible)
    }
    (self.folder, self.python, self.account, self.launch) = (folder, python, account, launch)
    host = environment["HOST"] ?? ""
  }

  func server(in home: String) -> ProgramLaunch { launch }

  func beside(_ command: [String], environment: [String: String]) -> ProgramLaunch {
    var other = launch
    (other.command, other.environment) = (command, environment)
    return other
  }

  func end(_ child: ChildProcess, _ lifeline: Pipe) {
    child.kill()
  }

  /// Whom to become, to be what the server is; nil where that is this process's account.
  private static func account(of leader: ProcessIdentity) throws(DeploymentError) -> Account? {
    var status = stat()
    guard stat("/proc/\(leader.pid)", &status) == 0, status.st_uid != geteuid() else { return nil }
    return Account(name: "\(status.st_uid)", user: status.st_uid, group: status.st_gid)
  }
}
