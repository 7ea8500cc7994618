import Foundation
import Glibc
import LoadEngine
import Machine
import Results

/// What is installed for one target or tool: `.build/venvs/<name>-<hash>`, where the hash is that of its pinned
/// requirements and the interpreter. A changed requirement makes another one.
///
/// The file `complete.json` is written last. A directory without it is half made, and is made anew.
struct VirtualEnvironment: Equatable {
  var directory: String
  /// All installed distributions by name.
  var versions: [String: String]

  var python: String { directory + "/bin/python" }

  func version(of distribution: String) -> String? { versions.version(of: distribution) }
}

extension [String: String] {
  /// The installed version of a distribution, whichever way its name is spelled.
  func version(of distribution: String) -> String? {
    first { $0.key.asDistribution == distribution.asDistribution }?.value
  }
}

extension StringProtocol {
  /// The name of a distribution as all ways to spell it have it (PEP 503).
  fileprivate var asDistribution: String { lowercased().replacing(/[-_.]+/, with: "-") }
}

/// Makes virtual environments, one process at a time, and keeps them for the next deployment.
struct VirtualEnvironmentCache {
  var folder: String
  var state: StateDirectory
  var interpreter: Interpreter
  /// The user's environment, of which ``ChildEnvironment`` lets through how to reach an index.
  var environment: [String: String]
  var interrupts: Interrupts
  var progress: DeploymentProgress

  private static let installDeadline = Duration.seconds(600)

  /// The environment of these requirements, made where it is missing.
  func environment(of pinned: PinnedRequirements) throws(DeploymentError) -> VirtualEnvironment {
    var fingerprint = Fingerprint()
    fingerprint.add(FileManager.default.contents(atPath: pinned.file) ?? Data())
    fingerprint.add(interpreter.path)
    fingerprint.add(interpreter.version)
    fingerprint.add(interpreter.platform)
    fingerprint.add((pinned.check ?? []).joined(separator: "\0"))
    pinned.replacement?.add(to: &fingerprint)
    if case .repository(let address) = pinned.replacement { fingerprint.add(try commit(of: address)) }
    let name = "\(pinned.name)-\(fingerprint.text.prefix(12))"
    let directory = folder + "/" + name
    if let complete = read(directory) { return complete }

    do throws(FileError) { try FileSystem.makeFolder(folder) } catch {
      throw .unusableState(path: folder, reason: "cannot be made: \(error.reason)")
    }
    let lock = try waitForLock(folder + "/\(pinned.name).lock")
    defer { withExtendedLifetime(lock) {} }
    if let complete = read(directory) { return complete }

    remove(environmentsOf: pinned.name)
    do throws(DeploymentError) {
      return try make(directory, pinned)
    } catch {
      try? FileManager.default.removeItem(atPath: directory)
      throw error
    }
  }

  private func make(_ directory: String, _ pinned: PinnedRequirements) throws(DeploymentError) -> VirtualEnvironment {
    let name = pinned.name
    progress.say("\(name): making a virtual environment with Python \(interpreter.version)")
    try run("\(name): venv", [interpreter.path, "-I", "-m", "venv", directory])
    progress.say("\(name): installing the pinned requirements")
    let python = directory + "/bin/python"
    let pip = [python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    let settings = try pipSettings(of: name, python)
    let list = try requirements(of: pinned, in: directory)
    try run(
      "\(name): pip install", pip + ["install", "--quiet", "--no-deps", "--only-binary", ":all:", "-r", list], settings)
    if let source = pinned.replacement, let package = pinned.package {
      progress.say("\(name): installing \(source)")
      try run("\(name): pip install", pip + ["install", "--quiet", "--no-deps", source.requirement(package)], settings)
      // Another version may want other dependencies. They are the pinned ones all the same: only one thing differs.
      do throws(DeploymentError) { try run("\(name): pip check", pip + ["check"], settings) } catch {
        if case .failed = error { progress.say("warning: \(error)") } else { throw error }
      }
    } else {
      try run("\(name): pip check", pip + ["check"], settings)
    }
    if let check = pinned.checkCommand(python) { try run("\(name): native_check", check) }

    let question = """
      import importlib.metadata as m, json
      print(json.dumps({d.metadata["Name"]: d.version for d in m.distributions() if d.metadata["Name"]}))
      """
    let answer = try run("\(name): versions", [python, "-I", "-c", question])
    try StateDirectory.write(Data(answer.utf8), to: marker(directory))
    guard let complete = read(directory) else { throw .unusableState(path: directory, reason: "cannot be read") }
    return complete
  }

  /// The path of the pinned requirements, without the package that is replaced.
  private func requirements(of pinned: PinnedRequirements, in directory: String) throws(DeploymentError) -> String {
    guard pinned.replacement != nil, let package = pinned.package else { return pinned.file }
    let text = FileManager.default.contents(atPath: pinned.file).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let path = directory + "/requirements.txt"
    let others = VirtualEnvironmentCache.requirements(text, without: package)
    try StateDirectory.write(Data(others.utf8), to: path)
    return path
  }

  /// The lines of a requirements file but those of one distribution, whichever way its name is spelled (PEP 503).
  static func requirements(_ text: String, without package: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      line.prefix { !"=<>~![; ".contains($0) }.asDistribution != package.asDistribution
    }.joined(separator: "\n")
  }

  /// What a branch or tag of a repository is now: `git+https://host/path@ref`.
  private func commit(of address: String) throws(DeploymentError) -> String {
    let url = address.dropFirst("git+".count)
    let path = url.lastIndex(of: "/") ?? url.startIndex
    let sign = url[path...].lastIndex(of: "@")
    let repository = String(sign.map { url[..<$0] } ?? url)
    let reference = sign.map { String(url[url.index(after: $0)...]) } ?? "HEAD"
    guard let git = ProgramSearch(environment: environment).program("git") else {
      throw .missing(program: "git", searched: ["PATH"], packages: "git")
    }
    return try run("asking \(repository) for \(reference)", [git, "ls-remote", repository, reference])
  }

  /// pip's variables and files, as far as they count.
  private func pipSettings(of name: String, _ python: String) throws(DeploymentError) -> [String: String] {
    let answer = try run("\(name): pip's settings", [python, "-I", "-c", PipSettings.question])
    guard let list = try? JSONDecoder().decode([String: String].self, from: Data(answer.utf8)) else {
      // Not repeated: the address of an index may hold a password.
      throw .failed(
        what: "\(name): pip's settings", command: "\(python) -m pip config list", status: .exited(0),
        output: "pip lists its settings in a way that is not known")
    }
    return PipSettings.environment(list)
  }

  /// - Parameter settings: pip's, where it is pip that runs; they take the place of the user's.
  @discardableResult
  private func run(
    _ purpose: String, _ command: [String], _ settings: [String: String]? = nil
  ) throws(DeploymentError) -> String {
    var environment = ChildEnvironment.installing(self.environment)
    if let settings {
      environment = environment.filter { !PipSettings.variables.contains($0.key) }.merging(settings) { $1 }
    }
    // Should this process be killed, then the next deployment finds what is still installing.
    environment[ServerProcesses.mark] = state.work(ServerProcesses.setUp)
    let launch = ProgramLaunch(command: command, environment: environment, directory: folder)
    return try ShortCommand(purpose, launch, deadline: Self.installDeadline).run(interrupts)
  }

  private func read(_ directory: String) -> VirtualEnvironment? {
    guard let data = FileManager.default.contents(atPath: marker(directory)),
      let versions = try? JSONDecoder().decode([String: String].self, from: data),
      access(directory + "/bin/python", X_OK) == 0
    else { return nil }
    return VirtualEnvironment(directory: directory, versions: versions)
  }

  private func marker(_ directory: String) -> String { directory + "/complete.json" }

  /// Removes what is half made or out of date.
  private func remove(environmentsOf name: String) {
    for entry in ProcFile.entries(folder) where entry.wholeMatch(of: /.*-[0-9a-f]{12}/) != nil {
      if entry.dropLast(13) == name { try? FileManager.default.removeItem(atPath: folder + "/" + entry) }
    }
  }

  private func waitForLock(_ path: String) throws(DeploymentError) -> FileLock {
    let deadline = Instant.now() + Self.installDeadline
    var said = false
    while true {
      if let lock = try FileLock.take(path) { return lock }
      let holder = describeProcess(FileLock.holder(of: path))
      if !said { progress.say("waiting for \(holder), which makes the same virtual environment") }
      said = true
      guard Instant.now() < deadline else {
        throw .locked(path: path, holder: holder, what: "a virtual environment is being made")
      }
      try interrupts.sleep(.milliseconds(100))
    }
  }
}

/// What a virtual environment is made of: a file of pinned requirements, and how to see that it holds what it should.
struct PinnedRequirements {
  /// Names the environment, and speaks in messages.
  var name: String
  /// The file, with every distribution pinned.
  var file: String
  /// The distribution that `replacement` takes the place of.
  var package: String?
  var replacement: PackageSource?
  /// A command that exits 0 when compiled parts are really there; part of what tells environments apart.
  var check: [String]?
  /// The same command as it is to be run.
  var checkCommand: @Sendable (_ python: String) -> [String]?

  init(_ target: Target) {
    name = target.name
    file = target.source + "/" + target.requirements
    package = target.package
    replacement = target.replacement
    check = target.nativeCheck
    checkCommand = { python in target.nativeCheck.map { target.command($0, python: python) } }
  }

  /// Of a tool that is no target.
  init(tool name: String, file: String) {
    self.name = name
    self.file = file
    checkCommand = { _ in nil }
  }
}
