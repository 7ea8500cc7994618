import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Results
import Testing

@testable import Stack

extension Exclusive.StackTests {
  @Suite struct ExternalTests {
    private func read(_ environment: [String: String]) throws(ConfigurationError) -> Configuration {
      try Configuration.read(
        environment.merging(["SHOOTOUT_DEPLOYMENT": "external"]) { own, _ in own },
        checkout: Checkout(path: "/checkout"), scenarios: ["ping"],
        targets: ["a", "b", "c"].enumerated().map { .named($0.element, port: 8000 + $0.offset) })
    }

    @Test("Those that have an address take part, in the order of the targets")
    func addresses() throws {
      let configuration = try read(["SHOOTOUT_URLS": "c=http://10.0.0.7:80/, a=http://[::1]:8000"])
      #expect(configuration.frameworks == ["a", "c"])
      #expect(configuration.external?.urls == ["a": "http://[::1]:8000", "c": "http://10.0.0.7:80"])
      #expect(configuration.external?.database == nil)
      let one = try read(["SHOOTOUT_URLS": "c=http://h:1,a=http://h:2", "SHOOTOUT_FRAMEWORKS": "c"])
      #expect(one.frameworks == ["c"])
    }

    @Test("The address of the database is taken apart, and its password is never shown")
    func database() throws {
      let configuration = try read([
        "SHOOTOUT_URLS": "a=http://h:1", "SHOOTOUT_DATABASE_URL": "postgresql://me:s%40crt@db.example:6543/bench",
      ])
      let database = try #require(configuration.external?.database)
      #expect([database.host, database.user, database.database] == ["db.example", "me", "bench"])
      #expect(database.port == 6543 && database.password == Secret("s@crt"))
      #expect(!"\(configuration)".contains("crt"))
    }

    @Test("How the connection is encrypted stands in the address and nowhere else")
    func encryption() throws {
      func parameters(_ query: String) throws -> [String: String] {
        let read = try read([
          "SHOOTOUT_URLS": "a=http://h:1", "SHOOTOUT_DATABASE_URL": "postgresql://me:p@db.example/bench\(query)",
        ])
        let values = ConnectionParameters(try #require(read.external?.database), timeout: .seconds(30)).values
        return values.filter { $0.key.hasPrefix("ssl") }
      }
      let none = "/dev/null/none"
      #expect(
        try parameters("")
          == ["sslmode": "prefer", "sslcert": none, "sslkey": none, "sslrootcert": none, "sslcrl": none])
      #expect(
        try parameters("?sslmode=verify-full&sslrootcert=/etc/passwd")
          == ["sslmode": "verify-full", "sslcert": none, "sslkey": none, "sslrootcert": "/etc/passwd", "sslcrl": none])
    }

    @Test(
      "What is wrong is said in one line that names it",
      arguments: [
        ("SHOOTOUT_URLS", "", "SHOOTOUT_URLS names no server"),
        ("SHOOTOUT_URLS", "http://h:1", "'http://h:1' in SHOOTOUT_URLS is not NAME=URL"),
        ("SHOOTOUT_URLS", "x=http://h:1", "unknown framework 'x' in SHOOTOUT_URLS; known: a, b, c"),
        ("SHOOTOUT_URLS", "a=http://h:1,a=http://h:2", "SHOOTOUT_URLS names a twice"),
        ("SHOOTOUT_URLS", "a=https://h:1", "SHOOTOUT_URLS: a: 'https://h:1' is not a URL this engine can load"),
        ("SHOOTOUT_URLS", "a=http://h:x", "SHOOTOUT_URLS: a: the port in 'http://h:x' is not a number"),
        ("SHOOTOUT_URLS", "a=http://h:+80", "SHOOTOUT_URLS: a: the port in 'http://h:+80' is not a number"),
        (
          "SHOOTOUT_URLS", "a=http://u:pass@h:1",
          "SHOOTOUT_URLS has a user name or a password before an @, and the suite"
        ),
        (
          "SHOOTOUT_URLS", "a=http://u:p,ss@h:1",
          "SHOOTOUT_URLS has a user name or a password before an @, and the suite"
        ),
        ("SHOOTOUT_URLS", "a=http://h:1/api", "SHOOTOUT_URLS: 'http://h:1/api' of a has a path"),
        ("SHOOTOUT_FRAMEWORKS", "a,b", "SHOOTOUT_FRAMEWORKS names b, which has no address in SHOOTOUT_URLS"),
        ("SHOOTOUT_DATABASE_URL", "mysql://me:secret@h/d", "SHOOTOUT_DATABASE_URL is no address of a PostgreSQL"),
        ("SHOOTOUT_DATABASE_URL", "postgresql://me:secret@h", "SHOOTOUT_DATABASE_URL is no address of a PostgreSQL"),
        ("SHOOTOUT_DATABASE_URL", "postgresql://me:secret@h:70000/d", "SHOOTOUT_DATABASE_URL has the port 70000"),
        (
          "SHOOTOUT_DATABASE_URL", "postgresql://me:secret@h/d?sslmode=yes",
          "unknown sslmode 'yes' in SHOOTOUT_DATABASE_URL; known: disable, allow, prefer, require, verify-ca, verify-full"
        ),
        (
          "SHOOTOUT_DATABASE_URL", "postgresql://me:secret@h/d?hostaddr=10.0.0.1",
          "unknown parameter 'hostaddr' in SHOOTOUT_DATABASE_URL; known: sslmode, sslrootcert, sslcert, sslkey"
        ),
        (
          "SHOOTOUT_DATABASE_URL", "postgresql://me:secret@h/d?sslmode=verify-full",
          "SHOOTOUT_DATABASE_URL has sslmode=verify-full and says not by which certificate"
        ),
        (
          "SHOOTOUT_DATABASE_URL", "postgresql://me:secret@h/d?sslrootcert=/nowhere",
          "SHOOTOUT_DATABASE_URL: sslrootcert is '/nowhere', and no readable file is there"
        ),
        ("SHOOTOUT_DEPLOYMENT", "process", "SHOOTOUT_URLS is set, and the deployment is process"),
      ])
    func mistakes(variable: String, value: String, message: String) {
      let error = #expect(throws: ConfigurationError.self) {
        try read(["SHOOTOUT_URLS": "a=http://h:1"].merging([variable: value]) { $1 })
      }
      let text = error?.description ?? ""
      #expect(text.hasPrefix(message) && !text.contains("\n") && !text.contains("secret"), "\(text)")
    }

    @Test("Every server that does not answer is named with its address, and nothing is started for it")
    func unreachable() throws {
      let port = try PortHolder.findFree()
      let configuration = try read(["SHOOTOUT_URLS": "a=http://127.0.0.1:\(port),b=http://no.host.invalid:1"])
      let error = #expect(throws: DeploymentError.self) {
        try StackLease.take(configuration.stack, executable: "/bin/false", environment: [:], progress: { _ in })
      }
      let lines = (error?.description ?? "").split(separator: "\n")
      try #require(lines.count == 2)
      #expect(
        lines[0] == "a at http://127.0.0.1:\(port): cannot connect to 127.0.0.1:\(port): connect: Connection refused")
      #expect(lines[1].hasPrefix("b at http://no.host.invalid:1: cannot look up the host 'no.host.invalid': "))
    }

    @Test("A server that answers is there without a process, a version or a database")
    func reachable() throws {
      let server = try AnsweringServer("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\npong")
      let lease = try StackLease.take(
        read(["SHOOTOUT_URLS": "b=http://127.0.0.1:\(server.port)"]).stack, executable: "/bin/false", environment: [:],
        progress: { _ in })
      let found = try #require(lease.stack["b"])
      #expect(lease.stack.deployment == .external && lease.stack.postgres == nil && lease.stack.servers.count == 1)
      #expect(found.baseURL == "http://127.0.0.1:\(server.port)" && found.process == nil && found.version == nil)
      lease.giveBack()
    }

    @Test("A server that answers with an error is not taken for one that is up")
    func refusing() throws {
      let server = try AnsweringServer("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")
      let configuration = try read(["SHOOTOUT_URLS": "a=http://127.0.0.1:\(server.port)"])
      let error = #expect(throws: DeploymentError.self) { try ExternalDeployment(configuration.stack).stack() }
      #expect(error?.description.hasSuffix("answers GET /ping with 503 instead of 200") == true)
      #expect(try !ExternalDeployment(configuration.stack).status(["a"]).isHealthy)
    }

    @Test("What is not known of an external server is missing in the manifest, and never zero")
    func manifest() throws {
      let configuration = try read(["SHOOTOUT_URLS": "a=http://h:1"])
      let stack = Stack(
        deployment: .external, python: "–", servers: [Stack.Server(name: "a", baseURL: "http://h:1", port: 1)])
      let manifest = Manifest(configuration, stack: stack, started: Date(timeIntervalSince1970: 0))
      #expect(manifest.frameworks.map(\.version) == ["–"])
      #expect(manifest.environment.python == "–" && manifest.environment.postgres == "–")
      #expect(manifest.environment.settings["a is at"] == "http://h:1")
      #expect(manifest.environment.settings["workers for each target"] == nil)
      let sampler = ResourceSampler(stack, underLoad: "a")
      let figures = sampler.difference(from: sampler.sample(), to: sampler.sample(withMemory: true))
      #expect(figures.server == nil && figures.postgres == nil && figures.otherCpuS == nil)
      #expect(!sampler.seesServer)
    }
  }
}

/// Gives everybody who asks the same answer, on a free loopback port.
private final class AnsweringServer {
  let port: Int
  private let listener: Int32

  init(_ answer: String) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = LoopbackProbe.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(bound)
    listener = descriptor
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread {
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { break }
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = recv(client, &buffer, buffer.count, 0)
        _ = send(client, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
        close(client)
      }
      // Only here: a number closed elsewhere could already belong to another socket.
      close(descriptor)
    }
  }

  deinit {
    // Wakes the accepting thread, which then ends.
    shutdown(listener, Int32(SHUT_RDWR))
  }
}
