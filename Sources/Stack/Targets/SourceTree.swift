import Foundation
import Glibc
import Machine
import Results

/// A folder with a framework's source. It is never built where it lies: a build would write into it, and reuse what an
/// earlier one left there.
///
/// Where Git keeps the folder, what Git would have belongs to it: what is tracked, and what is neither tracked nor ignored.
/// Elsewhere it is everything but what tools leave behind.
struct SourceTree: Equatable {
  /// The work tree around the folder, or the folder itself.
  private var root: String
  /// The folder's path below that, with a slash at its end; empty where it is the same.
  private var prefix = ""
  /// Paths below `root` of files and links, in order.
  private var files: [String] = []
  /// The commit that is checked out; nil where there is none, or no Git.
  private var commit: String?
  private var isGit = false
  /// Twelve hexadecimal digits of what the files held when it was read, whenever they were written.
  private(set) var content = ""

  /// - Parameter git: nil where there is no Git.
  static func read(_ path: String, git: GitCommand?) throws(DeploymentError) -> SourceTree {
    let found = try git.flatMap { git throws(DeploymentError) in try SourceTree(path, git) }
    var tree: SourceTree
    if let found {
      tree = found
    } else {
      tree = SourceTree(root: path, files: try plainFiles(of: path, below: "").sorted())
    }
    tree.content = content(of: tree.files, in: tree.root)
    return tree
  }

  private init(root: String, files: [String]) {
    (self.root, self.files) = (root, files)
  }

  /// nil where Git does not keep the folder. One that it ignores, as what was unpacked into another project, has nothing to
  /// do with that.
  private init?(_ path: String, _ git: GitCommand) throws(DeploymentError) {
    let places = try? git.run(["-C", path, "rev-parse", "--show-toplevel", "--show-prefix"])
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let places, places.count >= 2 else { return nil }
    (root, prefix, isGit) = (places[0], places[1], true)
    let listed = try git.run(["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    let names = Set(listed.split(separator: "\0").map(String.init))
    guard names.contains(prefix + "pyproject.toml") || names.contains(prefix + "setup.py") else { return nil }
    commit = (try? git.run(["-C", root, "rev-parse", "--verify", "--quiet", "HEAD"])).map { String($0.dropLast()) }
    for name in names.sorted() {
      switch try FileKind.find(root + "/" + name) {
      case .file, .link: files.append(name)
      // A submodule, or a repository in this one.
      case .folder: files += try Self.plainFiles(of: root, below: name.hasSuffix("/") ? String(name.dropLast()) : name)
      case nil: break
      }
    }
  }

  /// What tells one state of it from another: the contents, and the commit, from which a build may take its version.
  var key: String { "\(content) \(commit ?? "")" }

  private static func content(of files: [String], in root: String) -> String {
    var fingerprint = Fingerprint()
    for file in files {
      fingerprint.add(file)
      if (try? FileKind.find(root + "/" + file)) == .link {
        fingerprint.add((try? FileManager.default.destinationOfSymbolicLink(atPath: root + "/" + file)) ?? "")
      } else {
        (FileManager.default.contents(atPath: root + "/" + file) ?? Data()).withUnsafeBytes { fingerprint.add($0) }
      }
    }
    return String(fingerprint.text.prefix(12))
  }

  /// Copies it to a path where nothing is. With Git, the copy is a clone that has the commits and tags of the original, so
  /// that a build finds its version.
  ///
  /// - Parameter git: nil for the files of the folder alone.
  /// - Returns: the folder that is to be installed.
  func copy(to folder: String, git: GitCommand?) throws(DeploymentError) -> String {
    var top = prefix
    if isGit, let git {
      top = ""
      try git.run(["clone", "--quiet", "--shared", "--no-checkout", root, folder])
      if commit != nil { try git.run(["-C", folder, "reset", "--quiet"]) }
    }
    let copied = files.filter { $0.hasPrefix(top) }.map { String($0.dropFirst(top.count)) }
    let source = root + "/" + top
    let manager = FileManager.default
    for file in copied {
      do {
        let copy = folder + "/" + file
        try manager.createDirectory(atPath: copy.deletingLast(1), withIntermediateDirectories: true)
        try manager.copyItem(atPath: source + "/" + file, toPath: copy)
      } catch {
        throw .source(path: source + "/" + file, reason: "cannot be copied: \(FileError.reason(of: error))")
      }
    }
    let expected = top.isEmpty ? content : Self.content(of: copied, in: source)
    guard Self.content(of: copied, in: folder) == expected else {
      throw .source(path: source, reason: "was changed since it was looked at; run it again once nothing writes there")
    }
    return top == prefix ? folder : folder + "/" + prefix.dropLast()
  }

  // MARK: Without Git

  /// What version control, Python and its tools leave in a folder.
  private static let rubbish: Set = [
    ".git", ".hg", ".svn", "__pycache__", ".venv", ".tox", ".nox", ".eggs", ".mypy_cache", ".pytest_cache",
    ".ruff_cache",
    "node_modules",
  ]

  private static func plainFiles(of root: String, below folder: String) throws(DeploymentError) -> [String] {
    var files: [String] = []
    let whole = folder.isEmpty ? root : root + "/" + folder
    guard let opened = opendir(whole) else { throw FileKind.unreadable(whole, errno) }
    closedir(opened)
    for name in ProcFile.entries(whole) where ![".", ".."].contains(name) {
      let file = folder.isEmpty ? name : folder + "/" + name
      if rubbish.contains(name) || name.hasSuffix(".pyc") { continue }
      switch try FileKind.find(root + "/" + file) {
      case .file, .link: files.append(file)
      case .folder:
        let isEnvironment = access(root + "/" + file + "/pyvenv.cfg", F_OK) == 0
        // What an earlier build left, unless it is a package of that name.
        let isBuild = ["build", "dist"].contains(file) && access(root + "/" + file + "/__init__.py", F_OK) != 0
        if !isEnvironment && !isBuild { files += try plainFiles(of: root, below: file) }
      case nil: break
      }
    }
    return files
  }
}

/// What lies at a path, as far as it can be copied.
private enum FileKind {
  case file, folder, link

  /// nil where nothing is, as of a tracked file that was deleted, and of what is no file, such as a socket.
  static func find(_ path: String) throws(DeploymentError) -> FileKind? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw unreadable(path, errno)
    }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: nil
    }
  }

  /// A part that is left out would be missed only when it is imported.
  static func unreadable(_ path: String, _ code: Int32) -> DeploymentError {
    .source(path: path, reason: "cannot be read: \(String(cString: strerror(code)))")
  }
}

/// Git, which reads the user's repositories and writes only into copies.
struct GitCommand {
  var program: String
  /// The user's environment.
  var environment: [String: String]
  var interrupts: Interrupts

  /// nil where there is no Git.
  init?(environment: [String: String], _ interrupts: Interrupts) {
    guard let program = ProgramSearch(environment: environment).program("git") else { return nil }
    (self.program, self.environment, self.interrupts) = (program, environment, interrupts)
  }

  /// - Returns: what it printed.
  @discardableResult
  func run(_ arguments: [String], reaching network: Bool = false) throws(DeploymentError) -> String {
    // The owner of a folder is whoever named it to us, also where root looks at it.
    let command = [program, "-c", "safe.directory=*"] + arguments
    var environment = ChildEnvironment.describing(environment)
    if network { environment.merge(ChildEnvironment.installing(self.environment)) { $1 } }
    var short = ShortCommand(
      "git", ProgramLaunch(command: command, environment: environment, directory: "/"), deadline: .seconds(120))
    short.outputLimit = 64 << 20
    return try short.run(interrupts)
  }
}
