/// What is wrong with a target's folder, in one line that names file and key.
public enum TargetError: Error, Equatable, Sendable, CustomStringConvertible {
  case noFolder(String)
  case noTargets(String)
  case unreadable(file: String, reason: String)
  case notJSON(file: String, reason: String)
  case missing(file: String, key: String)
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
