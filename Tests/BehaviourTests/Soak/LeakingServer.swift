import Foundation
import LoadEngine
import Machine
import Testing

@testable import Stack

/// A server that answers `/json` as the wire contract has it, and keeps as many bytes of each request as it is told to.
final class LeakingServer {
  let port: Int
  private let child: ChildProcess
  private static let deadline = Duration.seconds(30)

  private static let script = """
    import asyncio, os, sys
    keep, port_file = int(sys.argv[1]), sys.argv[2]
    kept = []
    body = b'{"hello":"world"}'
    answer = b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n" % len(body) + body
    class Server(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.rest = transport, b""
        def data_received(self, data):
            self.rest += data
            while b"\\r\\n\\r\\n" in self.rest:
                self.rest = self.rest.split(b"\\r\\n\\r\\n", 1)[1]
                if keep: kept.append(b"x" * keep)
                self.transport.write(answer)
    async def main():
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        with open(port_file + ".new", "w") as file: file.write(str(server.sockets[0].getsockname()[1]))
        os.rename(port_file + ".new", port_file)
        await server.serve_forever()
    asyncio.run(main())
    """

  /// - Parameter bytes: what it keeps of each request.
  init(keeping bytes: Int, in folder: String) throws {
    let file = "\(folder)/port-\(UUID().uuidString)"
    // Where this process crashed, a child that held its output would keep whoever reads that.
    let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(null) }
    child = try ChildProcess.start(
      ProgramLaunch(
        command: ["/usr/bin/python3", "-c", Self.script, String(bytes), file], environment: [:],
        directory: folder), output: null)
    let deadline = Instant.now() + Self.deadline
    var port: Int?
    while port == nil, Instant.now() < deadline {
      port = (try? String(contentsOfFile: file, encoding: .utf8)).flatMap { Int($0) }
      if port == nil { usleep(20_000) }
    }
    self.port = try #require(port, "the scripted server did not listen")
  }

  deinit { child.kill() }

  func server(_ name: String) throws -> Stack.Server {
    Stack.Server(
      name: name, process: try #require(ProcessStat.read(child.pid)).identity, baseURL: "http://127.0.0.1:\(port)",
      port: port)
  }
}
