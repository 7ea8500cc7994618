import Results
import Testing

@Suite struct RepositoryPageTests {
  @Test(arguments: [
    ("https://github.com/owner/name.git", "https://github.com/owner/name"),
    ("https://github.com/owner/name/", "https://github.com/owner/name"),
    ("https://user:secret@git.example.org:8443/a/b/c.git", "https://git.example.org:8443/a/b/c"),
    ("https://token@github.com/owner/name", "https://github.com/owner/name"),
    ("git@github.com:owner/name.git", "https://github.com/owner/name"),
    ("ssh://git@gitlab.com/group/part/name.git", "https://gitlab.com/group/part/name"),
  ])
  func `a remote has a page, and no credentials in its address`(remote: String, page: String) {
    #expect(RepositoryPage(remote: remote)?.address == page)
  }

  @Test(arguments: [
    "", "/srv/git/name.git", "../name", "file:///srv/name.git", "http://github.com/owner/name",
    "git@git.example.org:owner/name.git", "https://github.com/", "https://github.com/../etc", "https:///name",
    "https://github.com/a b", "https://github.com/a\"><script>", "javascript:alert(1)", "https://github.com/a?b=c",
  ])
  func `what leads to no page that is known has none`(remote: String) {
    #expect(RepositoryPage(remote: remote) == nil)
  }

  static let commit = "0123456789abcdef0123456789abcdef01234567"

  @Test(arguments: [
    ("https://github.com/o/n", "https://github.com/o/n/tree/\(commit)/docker/frameworks/sanic"),
    ("https://gitlab.com/o/n", "https://gitlab.com/o/n/-/tree/\(commit)/docker/frameworks/sanic"),
    ("https://codeberg.org/o/n", "https://codeberg.org/o/n/src/commit/\(commit)/docker/frameworks/sanic"),
    ("https://bitbucket.org/o/n", "https://bitbucket.org/o/n/src/\(commit)/docker/frameworks/sanic"),
  ])
  func `a folder at a commit has a page where the host is known`(remote: String, page: String) {
    #expect(RepositoryPage(remote: remote)?.folder("docker/frameworks/sanic", at: Self.commit) == page)
  }

  @Test func `of a host that is not known, no page of a folder is guessed`() {
    #expect(RepositoryPage(remote: "https://git.example.org/o/n")?.folder("docker", at: Self.commit) == nil)
  }

  @Test(arguments: [
    ("docker", "v1.2.0"), ("docker", "0123abc"), ("../x", commit), ("a b", commit), ("x\">", commit), ("", commit),
  ])
  func `no page is made of what is no folder or no commit`(path: String, commit: String) {
    #expect(RepositoryPage(remote: "https://github.com/o/n")?.folder(path, at: commit) == nil)
  }
}
