import Foundation
import Glibc
import LoadEngine
import Machine
import Results

/// What is installed for one target or tool: `.build/venvs/<name>-<hash>`, where the hash is that of the interpreter, the
/// pinned requirements and what takes the place of one of them.
///
/// The file `complete.json` is written last. A directory without it is half made, and is made anew.
struct VirtualEnvironment: Equatable {
  var directory: String
  /// All installed distributions by name, but for the pip that installed them.
  var versions: [String: String]

  var python: String { directory + "/bin/python" }

  func version(of distribution: String) -> String? { versions.version(of: distribution) }
}

extension [String: String] {
  /// The installed version of a distribution, whichever way its name is spelled.
  package func version(of distribution: String) -> String? {
    first { $0.key.asDistribution == distribution.asDistribution }?.value
  }
}

/// Makes virtual environments, one process at a time, and keeps the last of each name by what they are made of: whoever
/// goes back to another interpreter or version installs nothing again. A new one lies beside the others, so that these stay
/// usable while it is made, and where that fails.
struct VirtualEnvironmentStore {
  var folder: String
  var state: StateDirectory
  /// The user's environment, of which ``ChildEnvironment`` lets through how to reach an index.
  var environment: [String: String]
  var sources: SourceStates
  var interrupts: Interrupts
  var progress: DeploymentProgress

  /// How many environments of one name are kept, the last used: four interpreters, and two versions beside each. They have
  /// some 50 MB each.
  static let kept = 8

  private static let installDeadline = Duration.seconds(600)

  /// The environment of these requirements, made where it is missing.
  func environment(
    of pinned: PinnedRequirements, _ interpreter: Interpreter
  ) throws(DeploymentError) -> VirtualEnvironment {
    let directory = try directory(of: pinned, interpreter)
    if let complete = use(directory) { return complete }

    do throws(FileError) { try FileSystem.makeFolder(folder) } catch {
      throw .unusableState(path: folder, reason: "cannot be made: \(error.reason)")
    }
    let lock = try waitForLock(folder + "/\(pinned.name).lock")
    defer { withExtendedLifetime(lock) {} }
    if let complete = use(directory) { return complete }

    try? FileManager.default.removeItem(atPath: directory)
    do throws(DeploymentError) {
      let made = try make(directory, pinned, interpreter)
      // What is measured without a comparison is not pushed out by versions that are compared.
      var own = pinned
      own.replacement = nil
      tidy(pinned.name, but: try self.directory(of: own, interpreter))
      return made
    } catch {
      try? FileManager.default.removeItem(atPath: directory)
      throw error
    }
  }

  private func directory(
    of pinned: PinnedRequirements, _ interpreter: Interpreter
  ) throws(DeploymentError) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add(FileManager.default.contents(atPath: pinned.file) ?? Data())
    // One program may have several names.
    fingerprint.add(URL(fileURLWithPath: interpreter.path).resolvingSymlinksInPath().path)
    fingerprint.add(interpreter.version)
    fingerprint.add(interpreter.platform)
    fingerprint.add((pinned.check ?? []).joined(separator: "\0"))
    if let replacement = pinned.replacement {
      fingerprint.add(replacement.package)
      fingerprint.add(try sources.state(of: replacement.source).key)
    }
    return "\(folder)/\(pinned.name)-\(fingerprint.text.prefix(12))"
  }

  private func make(
    _ directory: String, _ pinned: PinnedRequirements, _ interpreter: Interpreter
  ) throws(DeploymentError) -> VirtualEnvironment {
    let name = pinned.name
    progress.say("\(name): making a virtual environment with Python \(interpreter.version)")
    try run("\(name): venv", [interpreter.path, "-I", "-m", "venv", directory])
    progress.say("\(name): installing the pinned requirements")
    let python = directory + "/bin/python"
    let pip = [python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    var settings = try pipSettings(of: name, python)
    // What an interrupted installation leaves goes with the environment.
    let temporary = directory + "/tmp"
    try? FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
    settings["TMPDIR"] = temporary
    let list = directory + "/requirements.txt"
    try StateDirectory.write(Data(pinned.others.map { $0.line + "\n" }.joined().utf8), to: list)
    try run(
      "\(name): pip install", pip + ["install", "--quiet", "--no-deps", "--only-binary", ":all:", "-r", list], settings)
    if let replacement = pinned.replacement {
      progress.say("\(name): installing \(replacement.requirement), and what it asks for")
      let requirement = try requirement(replacement, in: directory)
      // pip leaves what is installed as it is, unless that contradicts what something else asks for. So the pins hold as far
      // as the version agrees with them. All are named, so that pip looks at what each of them asks for.
      try run(
        "\(name): pip install", pip + ["install", "--quiet", "--prefer-binary", requirement] + pinned.wanted, settings)
      try? FileManager.default.removeItem(atPath: Self.copy(in: directory))
    }
    try run("\(name): pip check", pip + ["check"], settings)
    if let check = pinned.checkCommand(python) { try run("\(name): native_check", check) }

    let question = """
      import importlib.metadata as m, json
      names = {d.metadata["Name"]: d.version for d in m.distributions() if d.metadata["Name"]}
      print(json.dumps({name: version for name, version in names.items() if name != "pip"}))
      """
    let answer = try run("\(name): versions", [python, "-I", "-c", question])
    let installed = (try? JSONDecoder().decode([String: String].self, from: Data(answer.utf8))) ?? [:]
    if let replacement = pinned.replacement, installed.version(of: replacement.package) == nil {
      throw .source(path: replacement.source.description, reason: "does not hold \(replacement.package)")
    }
    try? FileManager.default.removeItem(atPath: temporary)
    try StateDirectory.write(Data(answer.utf8), to: marker(directory))
    guard let complete = use(directory) else { throw .unusableState(path: directory, reason: "cannot be read") }
    for pin in pinned.others {
      guard let version = complete.version(of: pin.name), version != pin.version else { continue }
      progress.say("\(name): \(pin.name) is \(version) instead of the pinned \(pin.version), as that is asked for")
    }
    return complete
  }

  /// What pip is to install; of a folder, that is a copy.
  private func requirement(
    _ replacement: PinnedRequirements.Replacement, in directory: String
  ) throws(DeploymentError) -> String {
    let state = try sources.state(of: replacement.source)
    if let tree = state.tree { return try tree.copy(to: Self.copy(in: directory), git: sources.git) }
    if case .repository(let address) = replacement.source, let commit = state.commit {
      return RepositoryAddress(address).requirement(at: commit)
    }
    return replacement.requirement
  }

  private static func copy(in directory: String) -> String { directory + "/source" }

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

  /// One that is complete, which is in use from now on.
  private func use(_ directory: String) -> VirtualEnvironment? {
    guard let data = FileManager.default.contents(atPath: marker(directory)),
      let versions = try? JSONDecoder().decode([String: String].self, from: data),
      access(directory + "/bin/python", X_OK) == 0
    else { return nil }
    utimes(marker(directory), nil)
    return VirtualEnvironment(directory: directory, versions: versions)
  }

  private func marker(_ directory: String) -> String { directory + "/complete.json" }

  /// Removes what is half made, and of the others those that were not used for longest; never one that something runs from.
  private func tidy(_ name: String, but own: String) {
    var ages: [(directory: String, used: Int)] = []
    for entry in ProcFile.entries(folder) where entry.wholeMatch(of: /.*-[0-9a-f]{12}/) != nil {
      guard entry.dropLast(13) == name else { continue }
      let directory = folder + "/" + entry
      var status = stat()
      let isComplete = stat(marker(directory), &status) == 0
      ages.append((directory, isComplete ? status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec : 0))
    }
    ages.sort { $0.used > $1.used }
    let old = ages.enumerated().filter { $0.offset >= Self.kept || $0.element.used == 0 }.map(\.element.directory)
      .filter { $0 != own }
    if old.isEmpty { return }
    let commands = ProcFile.entries("/proc").filter { Int32($0) != nil }.compactMap { pid in
      ProcFile.words("/proc/\(pid)/cmdline")?.joined(separator: "\n")
    }
    for directory in old where !commands.contains(where: { $0.contains(directory + "/") }) {
      try? FileManager.default.removeItem(atPath: directory)
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
  /// What takes the place of one of them.
  var replacement: Replacement?
  /// A command that exits 0 when compiled parts are really there; part of what tells environments apart.
  var check: [String]?
  /// The same command as it is to be run.
  var checkCommand: @Sendable (_ python: String) -> [String]?

  struct Replacement: Equatable {
    /// The distribution that is not the pinned one.
    var package: String
    var source: PackageSource
    /// What pip is to install.
    var requirement: String
    /// The framework, where another distribution is replaced: it is the pinned one all the same.
    var held: String?
  }

  init(_ target: Target) {
    // Both sides of a comparison have the folder of one framework, and may have one environment.
    name = URL(fileURLWithPath: target.source).lastPathComponent
    file = target.source + "/" + target.requirements
    check = target.nativeCheck
    checkCommand = { python in target.nativeCheck.map { target.command($0, python: python) } }
    guard let source = target.replacement, let package = target.package else { return }
    let replacement = Replacement(
      package: source.replaced(package), source: source, requirement: source.requirement(package),
      held: source.replaced(package).asDistribution == package.asDistribution ? nil : package)
    // What is pinned anyway replaces nothing.
    if !pins.contains(where: { $0.line == replacement.requirement }) { self.replacement = replacement }
  }

  /// Of a tool that is no target.
  init(tool name: String, file: String) {
    self.name = name
    self.file = file
    checkCommand = { _ in nil }
  }

  /// One line `name==version` of the file.
  struct Pin: Equatable {
    var name: String
    var version: String
    var line: String

    var anyVersion: String { line.replacing("==\(version)", with: "") }
  }

  var pins: [Pin] {
    Self.pins(FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? "")
  }

  /// Those that nothing takes the place of.
  var others: [Pin] {
    pins.filter { $0.name.asDistribution != replacement?.package.asDistribution }
  }

  /// The names of the others, and what has to stay as it is pinned.
  var wanted: [String] {
    others.map { $0.name.asDistribution == replacement?.held?.asDistribution ? $0.line : $0.anyVersion }
  }

  static func pins(_ text: String) -> [Pin] {
    text.split(separator: "\n").compactMap { line in
      let line = String(line.prefix { $0 != "#" }).trimmingCharacters(in: .whitespaces)
      let name = String(line.prefix { !"=<>~![; ".contains($0) })
      guard !name.isEmpty else { return nil }
      let version = line.firstRange(of: "==").map { line[$0.upperBound...].prefix { !"; ".contains($0) } } ?? ""
      return Pin(name: name, version: String(version), line: line)
    }
  }
}
