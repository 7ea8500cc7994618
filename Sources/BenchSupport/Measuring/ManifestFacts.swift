import Foundation
import Gate
import LoadEngine
import Machine
import Results
import Stack

extension Manifest {
  /// What a run with this configuration on this stack sets out to measure.
  public init(_ configuration: Configuration, stack: Stack, started: Date) {
    let profile = configuration.profile
    // Of two versions, all that differs is of interest.
    let names = configuration.comparison == nil ? [] : Set(stack.servers.flatMap { Array($0.versions.keys) })
    let others = names.filter { name in Set(stack.servers.map { $0.versions.version(of: name) }).count > 1 }
    self.init(
      started: started.formatted(.iso8601),
      profile: ProfileFigures(
        name: profile.rawValue, warmUpS: profile.warmUp.inSeconds, rounds: profile.rounds,
        windowS: profile.window.inSeconds),
      deployment: configuration.deployment.rawValue, seed: String(configuration.seed),
      connections: configuration.connections, gated: configuration.isGateOn && profile.isGated(by: .standard),
      strict: configuration.isStrict ? true : nil,
      comparison: configuration.comparison?.summary,
      scenarios: Scenario.all.filter { configuration.scenarios.contains($0.name) }.map {
        ScenarioEntry(
          name: $0.name, summary: $0.summary, verification: $0.verification, unit: $0.unit, leastWork: $0.leastWork)
      },
      frameworks: configuration.targets.map { FrameworkEntry($0, stack[$0.name], alsoOf: others, in: configuration) },
      environment: Environment(configuration, stack))
    compared = configuration.comparison.map {
      ComparedSides(
        framework: $0.framework, base: $0.base.description, head: $0.head.description,
        basePython: $0.basePython, headPython: $0.headPython, tolerance: $0.tolerance)
    }
  }
}

extension Manifest.FrameworkEntry {
  /// - Parameter others: distributions whose versions are told beside those that the target shows.
  fileprivate init(
    _ target: Target, _ server: Stack.Server?, alsoOf others: Set<String>, in configuration: Configuration
  ) {
    let installed = server?.versions ?? [:]
    self.init(
      name: target.name, title: target.title, version: server?.version ?? "–", server: target.server,
      isReference: target.role == .reference,
      versions: installed.filter { target.versions.contains($0.key) || others.contains($0.key) },
      cheaperThanWork: target.cheaperThanTheWork.isEmpty ? nil : target.cheaperThanTheWork)
    python = server?.python
    source = server?.source
    homepage = target.homepage.isEmpty ? nil : target.homepage
    let checkout = configuration.checkout.path + "/"
    if configuration.external == nil, target.source.hasPrefix(checkout) {
      application = String(target.source.dropFirst(checkout.count))
    }
  }
}

extension Manifest.Environment {
  fileprivate init(_ configuration: Configuration, _ stack: Stack) {
    var settings = stack.postgres?.settings.reduce(into: [:]) { $0["postgres " + $1.key] = $1.value } ?? [:]
    if let external = configuration.external {
      settings["the machine"] = "is the generator's; the servers are external"
      for (name, url) in external.urls { settings["\(name) is at"] = url }
    } else {
      settings["workers for each target"] = "\(Target.workers)"
      settings["database connections of a worker, at most"] = "\(Target.connectionsPerWorkerAtMost)"
    }
    for (name, container) in stack.servers.map({ ($0.name, $0.container) }) + [("postgres", stack.postgres?.container)]
    {
      settings["container of \(name), at most"] = container?.limits
    }
    self.init(
      cpuModel: Self.cpuModel(ProcFile.text("/proc/cpuinfo") ?? ""),
      processors: ProcessInfo.processInfo.activeProcessorCount,
      memoryBytes: Int(clamping: ProcessInfo.processInfo.physicalMemory), kernel: Self.kernel,
      operatingSystem: ProcessInfo.processInfo.operatingSystemVersionString, python: Self.python(of: stack),
      postgres: stack.postgres?.version ?? "–", swift: Self.swift,
      revision: Self.revision(of: configuration.checkout.path), settings: settings)
    repository = Self.repository(of: configuration.checkout.path)?.address
    commit = repository == nil ? nil : Self.publishedCommit(of: configuration.checkout.path)
  }

  /// Of all servers, such as `3.11.7 and 3.13.1`.
  package static func python(of stack: Stack) -> String {
    let known = stack.servers.compactMap(\.python).reduce(into: [String]()) { known, version in
      if !known.contains(version) { known.append(version) }
    }
    return known.isEmpty ? stack.python : known.joined(separator: " and ")
  }

  /// Of `/proc/cpuinfo`: the name, or on ARM, which has none, the numbers of maker and part.
  package static func cpuModel(_ text: String) -> String {
    func value(of key: String) -> String? {
      let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
      return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
    if let name = value(of: "model name") { return name }
    guard let maker = value(of: "CPU implementer"), let part = value(of: "CPU part") else { return "unknown" }
    return "ARM maker \(maker) part \(part)"
  }

  private static var kernel: String {
    let text = FileManager.default.contents(atPath: "/proc/sys/kernel/osrelease") ?? Data()
    return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The compiler that made the suite, as far as it tells.
  package static var swift: String {
    #if compiler(>=6.4)
      "6.4 or newer"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  package static func revision(of checkout: String) -> String? {
    git(["describe", "--always", "--dirty", "--abbrev=12"], in: checkout)
  }

  /// Where the checkout was cloned from.
  package static func repository(of checkout: String) -> RepositoryPage? {
    git(["remote", "get-url", "origin"], in: checkout).flatMap { RepositoryPage(remote: $0) }
  }

  /// The commit that is checked out; nil where no branch of a remote was seen to have it: a link to it would lead nowhere.
  package static func publishedCommit(of checkout: String) -> String? {
    let branches = git(["for-each-ref", "--count=1", "--contains", "HEAD", "refs/remotes"], in: checkout)
    return branches == nil ? nil : git(["rev-parse", "HEAD"], in: checkout)
  }

  /// What git prints, without white space around it; nil where it fails or prints nothing.
  private static func git(_ arguments: [String], in checkout: String) -> String? {
    let process = Process()
    let output = Foundation.Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", checkout] + arguments
    process.environment = ChildEnvironment.describing(ProcessInfo.processInfo.environment)
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? nil : text
  }
}
