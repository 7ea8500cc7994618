import Foundation
import Glibc
import LoadEngine

/// What is installed for one contestant: `.build/venvs/<name>-<hash>`, where the hash is that of its pinned
/// requirements and the interpreter. A changed requirement makes another one.
///
/// The file `complete.json` is written last. A directory without it is half made, and is made anew.
struct VirtualEnvironment: Equatable {
  var directory: String
  /// All installed distributions by name.
  var versions: [String: String]

  var python: String { directory + "/bin/python" }

  /// The installed version of a distribution, whichever way its name is spelled (PEP 503).
  func version(of distribution: String) -> String? {
    func normalized(_ name: String) -> String {
      name.lowercased().replacing(/[-_.]+/, with: "-")
    }
    return versions.first { normalized($0.key) == normalized(distribution) }?.value
  }
}

/// Makes virtual environments, one process at a time, and keeps them for the next deployment.
struct VirtualEnvironmentCache {
  var folder: String
  var state: StateDirectory
  var interpreter: Interpreter
  /// The environment of pip: what the user has set for it (proxies, certificates, an index) counts.
  var environment: [String: String]
  var interrupts: Interrupts
  var progress: DeploymentProgress

  private static let installDeadline = Duration.seconds(600)

  /// The environment for a contestant, made where it is missing.
  func environment(for contestant: Contestant) throws(DeploymentError) -> VirtualEnvironment {
    let requirements = contestant.source + "/" + contestant.requirements
    var fingerprint = Fingerprint()
    fingerprint.add(FileManager.default.contents(atPath: requirements) ?? Data())
    fingerprint.add(interpreter.path)
    fingerprint.add(interpreter.version)
    fingerprint.add(interpreter.platform)
    fingerprint.add((contestant.nativeCheck ?? []).joined(separator: "\0"))
    let name = "\(contestant.name)-\(fingerprint.text.prefix(12))"
    let directory = folder + "/" + name
    if let complete = read(directory) { return complete }

    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .unusableState(path: folder, reason: "cannot be made: \((error as NSError).localizedDescription)")
    }
    let lock = try waitForLock(folder + "/\(contestant.name).lock")
    defer { withExtendedLifetime(lock) {} }
    if let complete = read(directory) { return complete }

    remove(environmentsOf: contestant.name)
    do throws(DeploymentError) {
      return try make(directory, contestant, requirements)
    } catch {
      try? FileManager.default.removeItem(atPath: directory)
      throw error
    }
  }

  private func make(_ directory: String, _ contestant: Contestant, _ requirements: String) throws(DeploymentError)
    -> VirtualEnvironment
  {
    let name = contestant.name
    progress.say("\(name): making a virtual environment with Python \(interpreter.version)")
    try run("\(name): venv", [interpreter.path, "-m", "venv", directory])
    progress.say("\(name): installing the pinned requirements")
    let python = directory + "/bin/python"
    let pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    try run(
      "\(name): pip install",
      pip + ["install", "--quiet", "--no-deps", "--only-binary", ":all:", "-r", requirements])
    try run("\(name): pip check", pip + ["check"])
    if let check = contestant.nativeCheck {
      try run("\(name): native_check", contestant.command(check, python: python))
    }

    let question = """
      import importlib.metadata as m, json
      print(json.dumps({d.metadata["Name"]: d.version for d in m.distributions() if d.metadata["Name"]}))
      """
    let answer = try run("\(name): versions", [python, "-I", "-c", question])
    guard let versions = try? JSONDecoder().decode([String: String].self, from: Data(answer.utf8)),
      FileManager.default.createFile(atPath: marker(directory), contents: Data(answer.utf8))
    else {
      throw .unusableState(path: directory, reason: "cannot be written")
    }
    return VirtualEnvironment(directory: directory, versions: versions)
  }

  @discardableResult
  private func run(_ purpose: String, _ command: [String]) throws(DeploymentError) -> String {
    var environment = self.environment
    for name in environment.keys where name.hasPrefix("PYTHON") || name == "VIRTUAL_ENV" || name == "PIP_TARGET" {
      environment[name] = nil
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
