import Foundation
import Text

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
    for (index, target) in targets.enumerated() {
      guard let first = targets[..<index].first(where: { $0.title == target.title }) else { continue }
      throw .invalid(file: target.file, key: "title", reason: "\"\(target.title)\" is the title of \(first.file), too")
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
    // First: of a key that is spelled wrong, one would hear only that another one is missing.
    try refuseUnknownKeys(data, file: file)
    do {
      return try JSONDecoder.snakeCase.decode(Target.self, from: data)
    } catch DecodingError.keyNotFound(let key, let context) {
      throw .missing(file: file, key: path(context.codingPath + [key]))
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
      throw .invalid(file: file, key: path(context.codingPath), reason: "has the wrong type")
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      let known = context.codingPath.last.flatMap { knownValues[$0.stringValue] }
      let words = known.map { "has to be " + $0.map { "\"\($0)\"" }.joined(separator: " or ") }
      throw .invalid(file: file, key: path(context.codingPath), reason: words ?? context.debugDescription)
    } catch DecodingError.dataCorrupted(let context) {
      let detail = context.underlyingError.map { ($0 as NSError).userInfo["NSDebugDescription"] as? String ?? "\($0)" }
      throw .notJSON(file: file, reason: detail ?? context.debugDescription)
    } catch {
      throw .unreadable(file: file, reason: "\(error)")
    }
  }

  /// By key: what may stand there, where that is a choice.
  private static let knownValues = [
    "role": Role.allCases.map(\.rawValue), "signal": Stop.Signal.allCases.map(\.rawValue),
  ]

  /// The keys of a `framework.json`, and of the objects in it that are not by names of the framework's own. `differences` is
  /// read by the parity tests.
  private static let keys: [String: [String]] = [
    "": CodingKeys.allCases.map { snakeCase($0.rawValue) } + ["differences"],
    "stop": ["signal", "grace_s"],
    "ready": ["path", "connections_per_worker"],
  ]
  /// Keys of earlier versions, which mean nothing today: an application of then may be compared with one of now.
  private static let formerKeys = ["recognise"]

  /// Whoever wrote a key that nobody reads believes that it counts.
  private static func refuseUnknownKeys(_ data: Data, file: String) throws(TargetError) {
    let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    for (place, known) in keys.sorted(by: { $0.key < $1.key }) {
      let members = place.isEmpty ? object : object[place] as? [String: Any] ?? [:]
      for key in members.keys.sorted() where !known.contains(key) && !formerKeys.contains(key) {
        throw .unknownKey(
          file: file, key: place.isEmpty ? key : "\(place).\(key)", nearest: known.nearest(to: key), known: known)
      }
    }
  }

  private static func snakeCase(_ name: String) -> String {
    name.replacing(/[A-Z]/) { "_" + $0.output.lowercased() }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    snakeCase(keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: "."))
  }

  private var file: String { source + "/framework.json" }

  private func validate() throws(TargetError) {
    func require(_ isRight: Bool, _ key: String, _ reason: @autoclosure () -> String) throws(TargetError) {
      guard isRight else { throw .invalid(file: file, key: key, reason: reason()) }
    }
    let folder = URL(fileURLWithPath: source).lastPathComponent
    guard name == folder else { throw .nameIsNotFolder(file: file, name: name, folder: folder) }
    try require(
      name.wholeMatch(of: /[a-z0-9][a-z0-9_-]{0,30}/) != nil, "name", "only a-z, 0-9, - and _, at most 31 of them")
    try require(
      !["all", "postgres", ServerProcesses.setUp].contains(name), "name",
      "\"\(name)\" means something else to the commands")
    try require((1...65535).contains(port), "port", "\(port) is not between 1 and 65535")
    try require(!start.isEmpty, "start", "is empty")
    let placeholders = start.joined(separator: " ").matches(of: /\{[a-z_]+\}/).map { String($0.output) }
    let unknown = placeholders.first { !["{python}", "{source}"].contains($0) }
    try require(unknown == nil, "start", "unknown placeholder \(unknown ?? ""); known: {python}, {source}")
    try require(stop.graceS > 0 && stop.graceS <= 60, "stop.grace_s", "must be above 0 and at most 60 seconds")
    try require(ready.path.hasPrefix("/"), "ready.path", "must begin with /")
    try require(
      (0...Target.connectionsPerWorkerAtMost).contains(ready.connectionsPerWorker), "ready.connections_per_worker",
      "must be from 0 to \(Target.connectionsPerWorkerAtMost)")
    for (scenario, reason) in cheaperThanTheWork.sorted(by: { $0.key < $1.key }) {
      try require(
        reason.contains { !$0.isWhitespace }, "cheaper_than_the_work.\(scenario)", "is empty; right would be the reason"
      )
    }
    try require(
      FileManager.default.fileExists(atPath: source + "/" + requirements), "requirements",
      "no file \(source)/\(requirements)")
  }
}

extension Target: Decodable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, title, package, role, port, homepage, server, requirements, start, environment, stop, ready
    case versions, nativeCheck, cheaperThanTheWork
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
    versions = try values.decode([String].self, forKey: .versions)
    cheaperThanTheWork = try values.decodeIfPresent([String: String].self, forKey: .cheaperThanTheWork) ?? [:]
    nativeCheck = try values.decodeIfPresent([String].self, forKey: .nativeCheck)
    source = ""
  }
}

/// What is wrong with a target's folder, in one line that names file and key.
public enum TargetError: Error, Equatable, Sendable, CustomStringConvertible {
  case noFolder(String)
  case noTargets(String)
  case unreadable(file: String, reason: String)
  case notJSON(file: String, reason: String)
  case missing(file: String, key: String)
  /// - nearest: the known key that was most likely meant; nil where none is near.
  case unknownKey(file: String, key: String, nearest: String?, known: [String])
  case invalid(file: String, key: String, reason: String)
  case nameIsNotFolder(file: String, name: String, folder: String)
  case samePort(Int, String, String)
  case references([String])

  public var description: String {
    switch self {
    case .noFolder(let path): "\(path): no such folder, so there are no targets"
    case .noTargets(let path): "\(path): no folder with a framework.json"
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .notJSON(let file, let reason): "\(file): not valid JSON: \(reason)"
    case .missing(let file, let key): "\(file): key \"\(key)\" is missing"
    case .unknownKey(let file, let key, let nearest, let known):
      "\(file): unknown key \"\(key)\"; "
        + (nearest.map { "did you mean \"\($0)\"?" } ?? "known: \(known.joined(separator: ", "))")
    case .invalid(let file, let key, let reason): "\(file): key \"\(key)\": \(reason)"
    case .nameIsNotFolder(let file, let name, let folder):
      "\(file): key \"name\": \"\(name)\" must be the name of the folder, \"\(folder)\""
    case .samePort(let port, let first, let second): "\(first) and \(second) both have \"port\": \(port)"
    case .references(let names) where names.isEmpty:
      "no framework.json has \"role\": \"reference\"; exactly one must"
    case .references(let names):
      "\(names.joined(separator: " and ")) have \"role\": \"reference\"; exactly one may"
    }
  }
}
