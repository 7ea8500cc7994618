import Foundation
import LoadEngine
import Results

/// What a source was when a deployment looked at it for the first time. Later looks get the same, so that servers that are
/// started anew during a measurement have what was measured before, whatever becomes of the folder.
final class SourceStates {
  struct State {
    /// Twelve hexadecimal digits for a reader: of what a folder or a wheel holds, or of a commit; nil of a release, which is
    /// always the same.
    var content: String?
    /// What tells it from any other.
    var key: String
    var tree: SourceTree?
    /// The commit that is meant by a repository's branch or tag.
    var commit: String?
  }

  private let environment: [String: String]
  private let interrupts: Interrupts
  private var known: [PackageSource: State] = [:]

  /// - Parameter environment: the user's.
  init(environment: [String: String], _ interrupts: Interrupts) {
    self.environment = environment
    self.interrupts = interrupts
  }

  var git: GitCommand? { GitCommand(environment: environment, interrupts) }

  func state(of source: PackageSource) throws(DeploymentError) -> State {
    if let state = known[source] { return state }
    let state = try look(at: source)
    known[source] = state
    return state
  }

  private func look(at source: PackageSource) throws(DeploymentError) -> State {
    switch source {
    case .version, .dependency:
      return State(key: source.description)
    case .tree(let path):
      let tree = try SourceTree.read(path, git: git)
      return State(content: tree.content, key: tree.key, tree: tree)
    case .wheel(let path):
      var fingerprint = Fingerprint()
      (FileManager.default.contents(atPath: path) ?? Data()).withUnsafeBytes { fingerprint.add($0) }
      return State(content: String(fingerprint.text.prefix(12)), key: fingerprint.text)
    case .repository(let address):
      guard let commit = try commit(of: RepositoryAddress(address)) else { return State(key: address) }
      return State(content: String(commit.prefix(12)), key: address + commit, commit: commit)
    }
  }

  /// What a branch or tag of a repository is now; nil where the repository does not say, as of a part of a commit's name.
  private func commit(of address: RepositoryAddress) throws(DeploymentError) -> String? {
    if address.reference.wholeMatch(of: /[0-9a-f]{40}/) != nil { return address.reference }
    guard let git else { throw .missing(program: "git", searched: ["PATH"], packages: "git") }
    return RepositoryAddress.commit(
      in: try git.run(["ls-remote", address.repository, address.reference, address.reference + "^{}"], reaching: true))
  }
}

/// `git+https://host/path@ref#subdirectory=…`, as pip has it.
struct RepositoryAddress: Equatable {
  var repository: String
  /// `HEAD` where none is named.
  var reference: String
  /// With its sign, or empty.
  var fragment: String

  init(_ text: String) {
    let fragmentStart = text.firstIndex(of: "#") ?? text.endIndex
    fragment = String(text[fragmentStart...])
    let url = text[..<fragmentStart].dropFirst("git+".count)
    let path = url.lastIndex(of: "/") ?? url.startIndex
    let sign = url[path...].lastIndex(of: "@")
    repository = String(sign.map { url[..<$0] } ?? url)
    reference = sign.map { String(url[url.index(after: $0)...]) } ?? "HEAD"
  }

  /// What pip installs this very commit by.
  func requirement(at commit: String) -> String { "git+\(repository)@\(commit)\(fragment)" }

  /// Of what `git ls-remote` prints: the commit that a tag leads to, before the tag.
  static func commit(in listed: String) -> String? {
    let lines = listed.split(separator: "\n").map { $0.split(separator: "\t") }.filter { $0.count == 2 }
    return (lines.first { $0[1].hasSuffix("^{}") } ?? lines.first).map { String($0[0]) }
  }
}
