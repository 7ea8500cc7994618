import Glibc
import Machine

/// A process of its own that takes the containers down when their owner has died without doing so.
///
/// The kernel ends the owner's processes with it; a container engine knows of no owner. The guardian waits at the other
/// end of a pipe: however the owner ends, the pipe closes.
public struct StackGuardian {
  private let child: ChildProcess
  private let pipe: Pipe

  /// Makes `shootout down` a guardian.
  public static let option = "--after-stdin-closes"

  /// nil where the kernel does the same.
  public static func start(for deployment: StackDeployment) throws(DeploymentError) -> StackGuardian? {
    guard deployment.kind == .docker else { return nil }
    try deployment.state.prepare()
    let log = try deployment.state.openLog("guardian")
    defer { close(log) }
    guard let executable = ProcFile.link("/proc/self/exe") else { throw .system(call: "readlink", errno: errno) }
    let pipe = try Pipe.make()
    var environment = deployment.environment
    environment["SHOOTOUT_DEPLOYMENT"] = deployment.kind.rawValue
    let launch = ProgramLaunch(
      command: [executable, "down", option], environment: environment,
      directory: deployment.configuration.checkout.path)
    let child = try ChildProcess.start(launch, input: pipe.reading, output: log)
    pipe.closeReading()
    return StackGuardian(child: child, pipe: pipe)
  }

  /// To be called when everything is down, and there is nothing left to do for it.
  public func dismiss() {
    child.kill()
    pipe.closeWriting()
  }
}
