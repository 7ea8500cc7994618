import Foundation

/// What is installed instead of a pinned requirement.
public enum PackageSource: Hashable, Sendable, CustomStringConvertible {
  /// A released version of the framework's package, such as `1.4.1`.
  case version(String)
  /// A released version of a distribution that the framework runs on, such as `uvicorn==0.54.0`.
  case dependency(String, version: String)
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
    } else if Self.isVersion(text) {
      self = .version(text)
    } else if let dependency = Self.dependency(text) {
      self = dependency
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

  private static func isVersion(_ text: some StringProtocol) -> Bool {
    String(text).wholeMatch(of: /[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?/) != nil
  }

  /// Of `name==version`.
  private static func dependency(_ text: String) -> PackageSource? {
    guard let sign = text.firstRange(of: "==") else { return nil }
    let (name, version) = (String(text[..<sign.lowerBound]), text[sign.upperBound...])
    guard name.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?/) != nil, isVersion(version) else { return nil }
    return .dependency(name, version: String(version))
  }

  /// Of what may be a file, the absolute path.
  package static func path(_ text: String, in workingDirectory: String) -> String {
    URL(fileURLWithPath: text, relativeTo: URL(fileURLWithPath: workingDirectory + "/")).standardizedFileURL.path
  }

  public var description: String {
    switch self {
    case .version(let text), .tree(let text), .wheel(let text), .repository(let text): text
    case .dependency(let name, let version): "\(name)==\(version)"
    }
  }

  /// What pip is to install.
  func requirement(_ package: String) -> String {
    if case .version(let version) = self { return "\(package)==\(version)" }
    return description
  }

  /// The distribution whose pin it takes the place of.
  ///
  /// - Parameter package: the framework's.
  package func replaced(_ package: String) -> String {
    if case .dependency(let name, _) = self { return name }
    return package
  }
}

extension StringProtocol {
  /// The name of a distribution as all ways to spell it have it (PEP 503).
  package var asDistribution: String { lowercased().replacing(/[-_.]+/, with: "-") }
}
