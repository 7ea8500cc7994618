import BenchTesting
import Foundation
import TestSupport
import Testing

@testable import Stack

/// Which files of a folder are its source, and how they are copied.
@Suite struct SourceTreeTests {
  private let folder = TemporaryDirectory()
  private static let git = GitCommand(
    environment: ProcessInfo.processInfo.environment.merging([
      "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
    ]) { $1 }, .none)

  private func copied(_ tree: SourceTree, git: GitCommand?) throws -> [String] {
    let copy = try tree.copy(to: folder.path + "/copy", git: git)
    return (FileManager.default.subpaths(atPath: copy) ?? []).filter { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: copy + "/" + path, isDirectory: &isFolder) && !isFolder.boolValue
        && !path.hasPrefix(".git/")
    }.sorted()
  }

  @Test(
    "Without Git, all but what tools leave behind is copied, and a change of content is one, whenever it was written")
  func plain() throws {
    for name in [
      "setup.py", "web/__init__.py", "web/build/__init__.py", "web/__pycache__/a.cpython-311.pyc", "web/a.pyc",
      "build/lib/web/old.py", "dist/web.whl", "web.egg-info/PKG-INFO", ".git/HEAD", ".venv/x", "env/pyvenv.cfg",
      "env/x",
      ".tox/x", "README.md",
    ] { folder.write("web/" + name, name) }
    let tree = try SourceTree.read(folder.path + "/web", git: nil)
    #expect(
      try copied(tree, git: nil) == [
        "README.md", "setup.py", "web.egg-info/PKG-INFO", "web/__init__.py", "web/build/__init__.py",
      ])
    let time = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 0)]
    try FileManager.default.setAttributes(time, ofItemAtPath: folder.path + "/web/setup.py")
    #expect(try SourceTree.read(folder.path + "/web", git: nil) == tree)
    folder.write("web/setup.py", "other")
    try FileManager.default.setAttributes(time, ofItemAtPath: folder.path + "/web/setup.py")
    let edited = try SourceTree.read(folder.path + "/web", git: nil)
    #expect(edited.content != tree.content && edited.content.wholeMatch(of: /[0-9a-f]{12}/) != nil)
    try FileManager.default.removeItem(atPath: folder.path + "/web/README.md")
    #expect(try SourceTree.read(folder.path + "/web", git: nil).content != edited.content)
  }

  @Test("A folder whose contents cannot be listed is refused, instead of counting as empty")
  func unreadable() throws {
    folder.write("web", "a file")
    let error = #expect(throws: DeploymentError.self) { try SourceTree.read(folder.path + "/web", git: nil) }
    #expect(error?.description == "\(folder.path)/web cannot be read: Not a directory")
  }

  @Test("A folder that changes while it is copied is refused")
  func changing() throws {
    folder.write("web/setup.py", "one")
    let tree = try SourceTree.read(folder.path + "/web", git: nil)
    folder.write("web/setup.py", "two")
    let error = #expect(throws: DeploymentError.self) { try tree.copy(to: folder.path + "/copy", git: nil) }
    #expect(error?.description.contains("was changed since it was looked at") == true)
  }

  private func run(_ words: String..., in name: String = "web") throws {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    try #require(Self.git).run(["-C", folder.path + "/" + name] + identity + words)
  }

  private func makeRepository(_ name: String, _ files: [String]) throws {
    for file in files { folder.write(name + "/" + file, file) }
    try run("init", "--quiet", in: name)
    try run("add", "--all", in: name)
    try run("commit", "--quiet", "--message", "one", in: name)
    try run("tag", "v1.0", in: name)
  }

  @Test(
    "With Git, what it has or would have is copied, with the history a version is taken from; the original stays as it is",
    .enabled(if: git != nil, "needs git"))
  func repository() throws {
    try makeRepository("web", ["pyproject.toml", ".gitignore", "web/one.py", "web/gone.py", "build/kept.py"])
    folder.write("web/.gitignore", "*.so\nignored/\n")
    for name in ["web/one.so", "ignored/two.py", "web/new.py"] { folder.write("web/" + name, name) }
    try FileManager.default.removeItem(atPath: folder.path + "/web/web/gone.py")
    let before = try state()
    let tree = try SourceTree.read(folder.path + "/web", git: Self.git)
    #expect(
      try copied(tree, git: Self.git) == [".gitignore", "build/kept.py", "pyproject.toml", "web/new.py", "web/one.py"])
    let git = try #require(Self.git)
    #expect(try git.run(["-C", folder.path + "/copy", "describe", "--tags", "--dirty"]) == "v1.0-dirty\n")
    #expect(
      try git.run(["-C", folder.path + "/copy", "status", "--porcelain"])
        == " D web/gone.py\n?? .gitignore\n?? web/new.py\n")
    #expect(try state() == before)

    // The same content of another commit may have another version.
    try run("add", "--all")
    try run("commit", "--quiet", "--message", "two")
    let later = try SourceTree.read(folder.path + "/web", git: Self.git)
    #expect(later.content == tree.content && later.key != tree.key)
  }

  /// Every file of the repository, with when it was written.
  private func state() throws -> [String] {
    try (FileManager.default.subpaths(atPath: folder.path + "/web") ?? []).sorted().map { path in
      let facts = try FileManager.default.attributesOfItem(atPath: folder.path + "/web/" + path)
      return "\(path) \(String(describing: facts[.modificationDate])) \(String(describing: facts[.size]))"
    }
  }

  @Test("A package in a part of a repository is installed there", .enabled(if: git != nil, "needs git"))
  func part() throws {
    try makeRepository("web", ["README.md", "packages/web/pyproject.toml", "packages/web/one.py"])
    let tree = try SourceTree.read(folder.path + "/web/packages/web", git: Self.git)
    #expect(try tree.copy(to: folder.path + "/copy", git: Self.git) == folder.path + "/copy/packages/web")
    #expect(FileManager.default.fileExists(atPath: folder.path + "/copy/README.md"))
    #expect(try tree.copy(to: folder.path + "/part", git: nil) == folder.path + "/part")
    #expect(FileManager.default.subpaths(atPath: folder.path + "/part")?.sorted() == ["one.py", "pyproject.toml"])
  }

  @Test(
    "A folder that was unpacked into another project has nothing to do with that", .enabled(if: git != nil, "needs git")
  )
  func ignoredFolder() throws {
    try makeRepository("web", ["pyproject.toml", ".gitignore"])
    folder.write("web/.gitignore", "unpacked/\n")
    for name in ["unpacked/pyproject.toml", "unpacked/one.py"] { folder.write("web/" + name, name) }
    let tree = try SourceTree.read(folder.path + "/web/unpacked", git: Self.git)
    #expect(try copied(tree, git: Self.git) == ["one.py", "pyproject.toml"])
  }

  @Test("The commit that a branch or tag of a repository is at is what is installed")
  func addresses() {
    let address = RepositoryAddress("git+ssh://me@host/web.git@main#subdirectory=packages/web")
    #expect(address.repository == "ssh://me@host/web.git" && address.reference == "main")
    #expect(address.requirement(at: "abc") == "git+ssh://me@host/web.git@abc#subdirectory=packages/web")
    #expect(RepositoryAddress("git+https://host/web").reference == "HEAD")
    #expect(RepositoryAddress.commit(in: "aa\trefs/tags/v1\nbb\trefs/tags/v1^{}\n") == "bb")
    #expect(RepositoryAddress.commit(in: "aa\trefs/heads/main\n") == "aa")
    #expect(RepositoryAddress.commit(in: "") == nil)
  }

  @Test("A repository's branch is looked up once for a deployment", .enabled(if: git != nil, "needs git"))
  func branch() throws {
    try makeRepository("web", ["pyproject.toml"])
    let source = PackageSource.repository("git+file://\(folder.path)/web@v1.0")
    let sources = SourceStates(environment: ProcessInfo.processInfo.environment, .none)
    let state = try sources.state(of: source)
    #expect(state.commit?.count == 40 && state.content == state.commit.map { String($0.prefix(12)) })
    try FileManager.default.removeItem(atPath: folder.path + "/web")
    #expect(try sources.state(of: source).key == state.key)
  }
}
