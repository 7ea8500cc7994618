import BenchSupport
import Foundation
import Glibc
import LoadEngine
import Machine
import Stack
import WireFormats

/// Servers beside the deployed ones, with a copy of the fixtures that a test may change.
///
/// Each is started as its target was, with one worker, on a free port. They end with this value, or with the
/// process of the test, however that ends.
final class ServerCopies {
  /// The copy of `fixtures/`.
  let fixtures: String
  private let folder: String
  private var processes: [Process] = []
  /// Held open for as long as the servers have to live.
  private var lifelines: [Pipe] = []
  private(set) var parties: [Party] = []

  private static let readyDeadline = Duration.seconds(60)

  /// - Parameters:
  ///   - application: changes a copy of the application's folder, whose path it gets; nil for the application as it is.
  ///   - prepare: puts into the copy, whose path it gets, what has to be there when the servers start.
  init(
    of parties: [Party], fixtures original: String, application: ((String) throws -> Void)? = nil,
    prepare: (String) throws -> Void
  ) throws {
    folder = NSTemporaryDirectory() + "shootout-copies-\(UUID().uuidString)"
    fixtures = folder + "/fixtures"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for part in ["payloads", "static", "templates"] {
      try FileManager.default.createDirectory(atPath: fixtures, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: "\(original)/\(part)", toPath: "\(fixtures)/\(part)")
    }
    try prepare(fixtures)
    for party in parties { self.parties.append(try start(party, application)) }
    for party in self.parties { try waitUntilReady(party) }
  }

  deinit {
    for process in processes {
      // Foundation makes every process the leader of a group of its own, and its workers stay in it.
      kill(-process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func start(_ party: Party, _ change: ((String) throws -> Void)?) throws -> Party {
    guard let leader = party.process else { throw CopyError.noProcess(party.target.name) }
    let name = party.target.name + "-copy"
    let home = "\(folder)/\(name)"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    var command = try words("/proc/\(leader.pid)/cmdline")
    if let change {
      let application = "\(folder)/\(name)-application"
      try FileManager.default.copyItem(atPath: party.target.source, toPath: application)
      try change(application)
      command = command.map { $0.replacing(party.target.source, with: application) }
    }
    var environment: [String: String] = [:]
    for variable in try words("/proc/\(leader.pid)/environ") {
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
    }
    let port = try freePort()
    environment["SHOOTOUT_TARGET"]? += "-copy"
    environment.merge(
      [
        "PORT": "\(port)", "WORKERS": "1", "FIXTURES": fixtures, "TARGET": name, "HOME": home, "TMPDIR": home,
      ],
      uniquingKeysWith: { $1 })

    let log = "\(folder)/\(name).log"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    let process = Process()
    // The shell ends the whole group when the pipe closes, which it does however the test's process ends.
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "\"$@\" & cat; kill -KILL 0", "sh"] + command
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: home)
    let lifeline = Pipe()
    lifelines.append(lifeline)
    process.standardInput = lifeline
    process.standardOutput = output
    process.standardError = output
    try process.run()
    processes.append(process)
    let endpoint = try Endpoint.parse(url: "http://127.0.0.1:\(port)").endpoint
    return Party(
      target: party.target, endpoint: endpoint, process: ProcessIdentity(pid: process.processIdentifier),
      differences: party.differences)
  }

  private func waitUntilReady(_ party: Party) throws {
    let deadline = ContinuousClock.now + Self.readyDeadline
    while ContinuousClock.now < deadline {
      if let response = try? party.exchange(HTTPRequest("GET", "/ping")), response.status == 200 { return }
      Thread.sleep(forTimeInterval: 0.05)
    }
    let log = try? String(contentsOfFile: "\(folder)/\(party.target.name)-copy.log", encoding: .utf8)
    throw CopyError.notReady(party.target.name, log: String((log ?? "").suffix(2_000)))
  }

  /// The NUL-terminated words of a file of `/proc`.
  private func words(_ path: String) throws -> [String] {
    try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// A port of the loopback that nobody listened on a moment ago.
  private func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw CopyError.system(call: "socket", errno: errno) }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
      }
    }
    guard result == 0 else { throw CopyError.system(call: "bind", errno: errno) }
    return UInt16(bigEndian: address.sin_port)
  }
}

enum CopyError: Error, CustomStringConvertible {
  case noProcess(String)
  case notReady(String, log: String)
  case system(call: String, errno: Int32)

  var description: String {
    switch self {
    case .noProcess(let name): "\(name) has no process on this machine"
    case .notReady(let name, let log): "the copy of \(name) did not get ready; its log ends: \(log)"
    case .system(let call, let number): "\(call): \(String(cString: strerror(number)))"
    }
  }
}
