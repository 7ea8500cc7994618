import Foundation

extension Target {
  /// The targets of a folder such as `docker/frameworks`, in the order of their ports.
  ///
  /// Every folder in it with a `framework.json` is one; other folders are left alone.
  public static func discover(in folder: String) throws(TargetError) -> [Target] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { throw .noFolder(folder) }
    var targets: [Target] = []
    for name in names.sorted() where FileManager.default.fileExists(atPath: "\(folder)/\(name)/framework.json") {
      targets.append(try read("\(folder)/\(name)"))
    }
    guard !targets.isEmpty else { throw .noTargets(folder) }
    targets.sort { ($0.port, $0.name) < ($1.port, $1.name) }

    for (first, second) in zip(targets, targets.dropFirst()) where first.port == second.port {
      throw .samePort(first.port, first.file, second.file)
    }
    let references = targets.filter { $0.role == .reference }
    guard references.count == 1 else { throw .references(references.map(\.file)) }
    return targets
  }

  /// - Parameter source: the absolute path of the folder.
  package static func read(_ source: String) throws(TargetError) -> Target {
    let file = source + "/framework.json"
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: file))
    } catch {
      throw .unreadable(file: file, reason: "cannot be read")
    }
    var target = try decode(data, file: file)
    target.source = source
    try target.validate()
    return target
  }

  package static func decode(_ data: Data, file: String) throws(TargetError) -> Target {
    do {
      return try JSONDecoder().decode(Target.self, from: data)
    } catch DecodingError.keyNotFound(let key, let context) {
      throw .missing(file: file, key: path(context.codingPath + [key]))
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
      throw .invalid(file: file, key: path(context.codingPath), reason: "has the wrong type")
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      throw .invalid(file: file, key: path(context.codingPath), reason: context.debugDescription)
    } catch DecodingError.dataCorrupted(let context) {
      let detail = context.underlyingError.map { ($0 as NSError).userInfo["NSDebugDescription"] as? String ?? "\($0)" }
      throw .notJSON(file: file, reason: detail ?? context.debugDescription)
    } catch {
      throw .unreadable(file: file, reason: "\(error)")
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }

  private var file: String { source + "/framework.json" }

  private func validate() throws(TargetError) {
    let folder = URL(fileURLWithPath: source).lastPathComponent
    guard name == folder else { throw .nameIsNotFolder(file: file, name: name, folder: folder) }
    guard name.wholeMatch(of: /[a-z0-9][a-z0-9_-]{0,30}/) != nil else {
      throw .invalid(file: file, key: "name", reason: "only a-z, 0-9, - and _, at most 31 of them")
    }
    guard !["all", "postgres", ServerProcesses.setUp].contains(name) else {
      throw .invalid(file: file, key: "name", reason: "\"\(name)\" means something else to the commands")
    }
    guard (1...65535).contains(port) else {
      throw .invalid(file: file, key: "port", reason: "\(port) is not between 1 and 65535")
    }
    guard !start.isEmpty else { throw .invalid(file: file, key: "start", reason: "is empty") }
    let placeholders = start.joined(separator: " ").matches(of: /\{[a-z_]+\}/).map { String($0.output) }
    if let unknown = placeholders.first(where: { !["{python}", "{source}"].contains($0) }) {
      throw .invalid(file: file, key: "start", reason: "unknown placeholder \(unknown); known: {python}, {source}")
    }
    guard stop.graceS > 0, stop.graceS <= 60 else {
      throw .invalid(file: file, key: "stop.grace_s", reason: "must be above 0 and at most 60 seconds")
    }
    guard ready.path.hasPrefix("/") else {
      throw .invalid(file: file, key: "ready.path", reason: "must begin with /")
    }
    guard (0...Target.connectionsPerWorkerAtMost).contains(ready.connectionsPerWorker) else {
      throw .invalid(
        file: file, key: "ready.connections_per_worker",
        reason: "must be from 0 to \(Target.connectionsPerWorkerAtMost)")
    }
    guard !recognise.commandContains.isEmpty else {
      throw .invalid(file: file, key: "recognise.command_contains", reason: "is empty and would match every process")
    }
    guard FileManager.default.fileExists(atPath: source + "/" + requirements) else {
      throw .invalid(file: file, key: "requirements", reason: "no file \(source)/\(requirements)")
    }
  }
}

extension Target: Decodable {
  enum CodingKeys: String, CodingKey {
    case name, title, package, role, port, homepage, server, requirements, start, environment, stop, ready, recognise
    case versions
    case nativeCheck = "native_check"
    case differences
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    title = try values.decode(String.self, forKey: .title)
    package = try values.decodeIfPresent(String.self, forKey: .package)
    role = try values.decodeIfPresent(Role.self, forKey: .role) ?? .framework
    port = try values.decode(Int.self, forKey: .port)
    homepage = try values.decode(String.self, forKey: .homepage)
    server = try values.decode(String.self, forKey: .server)
    requirements = try values.decode(String.self, forKey: .requirements)
    start = try values.decode([String].self, forKey: .start)
    environment = try values.decodeIfPresent([String: String].self, forKey: .environment) ?? [:]
    stop = try values.decode(Stop.self, forKey: .stop)
    ready = try values.decode(Ready.self, forKey: .ready)
    recognise = try values.decode(Recognise.self, forKey: .recognise)
    versions = try values.decode([String].self, forKey: .versions)
    nativeCheck = try values.decodeIfPresent([String].self, forKey: .nativeCheck)
    differences = try values.decodeIfPresent([String: JSONValue].self, forKey: .differences) ?? [:]
    source = ""
  }
}
