import Foundation
import Results

/// Where a package comes from instead of the pinned requirement.
public enum PackageSource: Equatable, Sendable, CustomStringConvertible {
  /// A released version, such as `1.4.1`.
  case version(String)
  /// A source tree, by its absolute path.
  case tree(String)
  /// A wheel, by its absolute path.
  case wheel(String)
  /// A Git repository as pip names it: `git+https://…@ref`.
  case repository(String)

  /// nil where the text is none of these.
  public init?(_ text: String, workingDirectory: String = FileManager.default.currentDirectoryPath) {
    if text.hasPrefix("git+"), text.contains("://") {
      self = .repository(text)
    } else if text.wholeMatch(of: /[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?/) != nil {
      self = .version(text)
    } else {
      let path = Self.path(text, in: workingDirectory)
      let isTree = ["pyproject.toml", "setup.py"].contains { FileManager.default.fileExists(atPath: path + "/" + $0) }
      if isTree {
        self = .tree(path)
      } else if path.hasSuffix(".whl"), FileManager.default.fileExists(atPath: path) {
        self = .wheel(path)
      } else {
        return nil
      }
    }
  }

  /// Of what may be a file, the absolute path.
  package static func path(_ text: String, in workingDirectory: String) -> String {
    URL(fileURLWithPath: text, relativeTo: URL(fileURLWithPath: workingDirectory + "/")).standardizedFileURL.path
  }

  public var description: String {
    switch self {
    case .version(let text), .tree(let text), .wheel(let text), .repository(let text): text
    }
  }

  /// What pip is to install.
  func requirement(_ package: String) -> String {
    if case .version(let version) = self { return "\(package)==\(version)" }
    return description
  }

  /// What tells one state of the source from another.
  package func add(to fingerprint: inout Fingerprint) {
    fingerprint.add(description)
    switch self {
    case .version, .repository: break
    case .tree(let path): fingerprint.add(folder: path)
    case .wheel(let path): fingerprint.add(FileManager.default.contents(atPath: path) ?? Data())
    }
  }
}
