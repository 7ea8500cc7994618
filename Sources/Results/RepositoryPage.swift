/// Where people read the repository of a checkout: `https://github.com/owner/name`.
public struct RepositoryPage: Equatable, Sendable {
  /// Without credentials.
  public let address: String
  private let host: String

  /// - Parameter remote: As `git remote get-url` prints it, or an address that this made. nil where it leads to no page that is
  ///   known: a folder, an address that is not encrypted, or a host of which only the way by SSH is known.
  public init?(remote: String) {
    let encrypted = remote.wholeMatch(of: /https:\/\/(?:[^@\/]*@)?([A-Za-z0-9.\-]+(?::[0-9]+)?)\/([A-Za-z0-9._~\/\-]+)/)
    let bySSH = remote.wholeMatch(of: /(?:ssh:\/\/)?git@([A-Za-z0-9.\-]+)[:\/]([A-Za-z0-9._~\/\-]+)/)
    guard let (host, path) = encrypted.map({ ($0.1, $0.2) }) ?? bySSH.map({ ($0.1, $0.2) }),
      encrypted != nil || Host(rawValue: host.lowercased()) != nil
    else { return nil }
    var parts = path.split(separator: "/").map(String.init)
    if let last = parts.last, last.hasSuffix(".git") { parts[parts.count - 1] = String(last.dropLast(4)) }
    guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
    self.host = host.lowercased()
    address = "https://\(self.host)/\(parts.joined(separator: "/"))"
  }

  /// A folder as it is at a commit; nil where it is not known how the host names such a page, and where one of the two is none.
  public func folder(_ path: String, at commit: String) -> String? {
    guard let host = Host(rawValue: host), commit.wholeMatch(of: /[0-9a-f]{40,64}/) != nil,
      path.wholeMatch(of: /[A-Za-z0-9._\/\-]+/) != nil, !path.split(separator: "/").contains("..")
    else { return nil }
    return "\(address)/\(host.folders)/\(commit)/\(path)"
  }

  /// The same page leads to a repository by HTTPS and by SSH.
  private enum Host: String {
    case gitHub = "github.com"
    case gitLab = "gitlab.com"
    case codeberg = "codeberg.org"
    case bitbucket = "bitbucket.org"

    var folders: String {
      switch self {
      case .gitHub: "tree"
      case .gitLab: "-/tree"
      case .codeberg: "src/commit"
      case .bitbucket: "src"
      }
    }
  }
}
