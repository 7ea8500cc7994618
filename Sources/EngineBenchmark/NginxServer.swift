import Glibc
import LoadEngine
import Machine
import Stack

/// An nginx of our own on a loopback port, with one worker on the core of the process that starts it.
struct NginxServer {
  let port: Int
  private let child: ChildProcess

  private static let startDeadline = Duration.seconds(20)

  /// - Parameter directory: for its configuration, log and temporary files.
  static func start(_ program: String, directory: String, files: PeerFiles, _ interrupts: Interrupts)
    throws(DeploymentError) -> NginxServer
  {
    let port = try PortHolder.findFree()
    let configuration = directory + "/nginx.conf"
    let log = directory + "/nginx.log"
    let settings = text(port: port, directory: directory, files: files, asRoot: geteuid() == 0)
    try PeerFiles.write(Array(settings.utf8), to: configuration)
    let output = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw .unusableState(path: log, reason: "cannot be written") }
    defer { close(output) }
    let child = try ChildProcess.start(
      ProgramLaunch(
        command: [program, "-e", log, "-p", directory, "-c", configuration], environment: [:], directory: directory,
        deathSignal: SIGTERM), output: output)
    let deadline = Instant.now() + startDeadline
    while LoopbackProbe.status(port: port, path: "/small", timeout: .seconds(1)) != 200 {
      let tail = { (ProcFile.text(log) ?? "").split(separator: "\n").suffix(10).map(String.init) }
      if let status = child.reap()?.status { throw .died(name: "nginx", status: status, log: log, tail: tail()) }
      guard Instant.now() < deadline else {
        child.kill()
        throw .notReady(name: "nginx", after: startDeadline, state: "no answer", log: log, tail: tail())
      }
      do throws(DeploymentError) { try interrupts.sleep(.milliseconds(20)) } catch {
        child.kill()
        throw error
      }
    }
    return NginxServer(port: port, child: child)
  }

  func stop() {
    child.kill()
  }

  /// The addition filter takes the length away, so that each output buffer goes out as a chunk of its own.
  static func text(port: Int, directory: String, files: PeerFiles, asRoot: Bool) -> String {
    let chunk = (PeerFiles.largeSize + PeerFiles.chunks - 1) / PeerFiles.chunks
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path temp;" }
    return """
      daemon off;
      worker_processes 1;
      \(asRoot ? "user root;" : "")
      pid \(directory)/nginx.pid;
      events { worker_connections \(EngineWork.capacity + 1000); }
      http {
        access_log off;
        sendfile on;
        tcp_nopush on;
        keepalive_requests 1000000000;
        keepalive_timeout 3600;
        default_type application/octet-stream;
        \(temporary.joined(separator: " "))
        server {
          listen 127.0.0.1:\(port) backlog=4096;
          root \(files.directory);
          location = /small { return 200 "\(PeerFiles.smallText.replacing("\n", with: "\\n"))"; }
          location = /json { return 200 '\(PeerFiles.answerText)'; }
          location = /chunked {
            sendfile off;
            output_buffers 1 \(chunk);
            addition_types *;
            add_after_body /empty;
          }
        }
      }

      """
  }
}
