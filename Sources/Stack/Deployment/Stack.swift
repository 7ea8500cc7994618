import Foundation
import Machine
import Results

/// What is up: the database and the servers, and all it takes to use, to watch and to stop them.
public struct Stack: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = Stack.currentSchema
  public var deployment: DeploymentKind
  /// The version of the interpreter, such as `3.11.7`.
  public var python: String
  public var postgres: Postgres?
  /// In the order of their ports.
  public var servers: [Server]

  public init(deployment: DeploymentKind, python: String, postgres: Postgres? = nil, servers: [Server] = []) {
    self.deployment = deployment
    self.python = python
    self.postgres = postgres
    self.servers = servers
  }

  public subscript(_ name: String) -> Server? { servers.first { $0.name == name } }

  public struct Postgres: Codable, Equatable, Sendable {
    /// The postmaster; nil where the database is not ours.
    public var process: ProcessIdentity?
    /// Who takes it down by itself; nil where it stays up until `down`.
    public var owner: ProcessIdentity?
    public var version: String
    public var host: String
    public var port: Int
    /// Where its Unix socket is; nil where it has none that we can reach.
    var socketDirectory: String?
    public var user: String
    public var database: String
    public var password: Secret
    /// How the connection is encrypted, by libpq's key word; nil for ours, which is not.
    public var encryption: [String: String]?
    /// What was set for the measurement, by name.
    public var settings: [String: String] = [:]
    /// How its log is looked at: a path, or a command.
    public var log: String?
    /// Where it runs in one.
    public var container: Container?
    /// What it was made of beside its settings; another one now means that it is out of date.
    public var fingerprint: String?

    /// The address that targets get. It holds the password.
    package var url: String { "postgresql://\(user):\(password.value)@\(host):\(port)/\(database)" }
  }

  public struct Server: Codable, Equatable, Sendable {
    public var name: String
    /// The leader of its session; nil where the server is not ours.
    public var process: ProcessIdentity?
    /// Who takes it down by itself; nil where it stays up until `down`.
    public var owner: ProcessIdentity?
    public var baseURL: String
    public var port: Int
    /// How its log is looked at: a path, or a command.
    public var log: String?
    /// Where it runs in one.
    public var container: Container?
    /// What it was made of; another fingerprint now means that it is out of date.
    public var fingerprint = ""
    /// The installed version of the target; nil where it has no package of its own.
    public var version: String?
    /// All installed distributions by name.
    public var versions: [String: String] = [:]
    /// The version of its interpreter; nil where it is not known.
    public var python: String?
    /// Twelve hexadecimal digits of the folder or wheel, or the commit, that its package was made from; nil of a release.
    public var source: String?

    enum CodingKeys: String, CodingKey {
      case name, process, owner
      // As the strategy of the coders spells it.
      case baseURL = "baseUrl"
      case port, log, container, fingerprint, version, versions, python, source
    }
  }
}

extension Stack.Postgres {
  /// One that is not ours.
  package init(version: String, host: String, port: Int, user: String, database: String, password: Secret) {
    self.init(
      process: nil, version: version, host: host, port: port, user: user, database: database, password: password)
  }
}

extension Stack {
  /// A container, and what it may use at most.
  public struct Container: Codable, Equatable, Sendable {
    /// 64 hexadecimal digits.
    public var id: String
    public var name: String
    /// Processors; nil where it has all.
    public var processors: Double?
    /// Memory in bytes; nil where it has all.
    public var memoryBytes: Int?
    /// What the kernel counts for it; nil where it does not run on this machine, or the counts cannot be seen.
    public var controlGroup: ControlGroup?
    /// The engine's process that carries what comes to the published port; nil where it has none, or none is seen.
    public var proxy: ProcessIdentity?

    /// What it may use, in words.
    public var limits: String {
      let processors = processors.map { "\(Self.number($0)) processors" } ?? "all processors"
      return "\(processors), \(memoryBytes.map(ContainerProblem.size) ?? "all memory")"
    }

    /// Such as `1.5`, in every language of the user.
    private static func number(_ value: Double) -> String {
      value.formatted(.number.locale(Locale(identifier: "en_US_POSIX")))
    }
  }

  /// The stack that is written down; nil where none is, or where the file is of another version or broken:
  /// then its processes are found by the marks they carry.
  public static func read(_ path: String) -> Stack? {
    guard let data = FileManager.default.contents(atPath: path),
      let stack = try? JSONDecoder.snakeCase.decode(Stack.self, from: data), stack.schema == currentSchema
    else { return nil }
    return stack
  }

  /// Writes the file anew with mode 0600: readers see the old one or the new one.
  public func write(_ path: String) throws(DeploymentError) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a stack cannot be encoded") }
    let temporary = path + ".new"
    unlink(temporary)
    try StateDirectory.write(data, to: temporary, mode: 0o600)
    guard rename(temporary, path) == 0 else {
      throw .unusableState(path: path, reason: "cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}

extension JSONDecoder {
  /// For our own files, whose keys are as `socket_directory`.
  static var snakeCase: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}
