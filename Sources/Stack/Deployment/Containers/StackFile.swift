import Foundation
import Machine
import Results

/// The stack in containers as the file that Compose, Swarm or Kubernetes takes.
///
/// A template of `docker/templates` says how each is told, in its own words; what is the same for all is said here, once, and
/// what a target needs comes from its folder. In a template a word in braces stands for a fact, the lines between
/// `# for each target` and `# end` are repeated, and those between `# only X` and `# end only` are there where the suite runs
/// at X: on the `host` or in the `suite`'s own container.
package struct StackFile: Equatable {
  package var format: Format
  package var targets: [Target]
  package var checkout: Checkout

  package enum Format: String, CaseIterable, Sendable {
    /// The checkout's `compose.yaml`, in which the suite is a service beside those that it measures.
    case compose
    /// For the deployment `docker`, whose suite runs on the host.
    case docker
    case swarm, kubernetes

    fileprivate var template: String {
      switch self {
      case .compose, .docker: "compose.yaml"
      case .swarm, .kubernetes: "\(rawValue).yaml"
      }
    }

    fileprivate var placeOfSuite: String { self == .docker ? "host" : "suite" }
  }

  package static let database = "postgres"
  /// The variable of the environment that Compose and Swarm take the password from: it is not written into their files.
  static let passwordVariable = "SHOOTOUT_DATABASE_PASSWORD"
  static let databasePort = 5432
  /// The name of a source tree beside the applications.
  static let stagedTree = "package"

  /// What the files for Compose read from the user's environment.
  package static let variables = [
    "PYTHON_IMAGE", "POSTGRES_IMAGE", "TARGET_CPUS", "TARGET_MEMORY", "CONTESTANT_CPUS", "CONTESTANT_MEMORY",
    "POSTGRES_CPUS", "POSTGRES_MEMORY",
  ]

  /// - Parameters:
  ///   - settings: those of the database.
  ///   - environment: has what is read where the file is written, which is so for Kubernetes only.
  package func text(settings: [String: String], environment: [String: String] = [:]) throws(DeploymentError) -> String {
    let common = try facts(settings, environment)
    var rest = try template(environment)[...]
    var text = ""
    while let repeated = rest.firstMatch(of: /\ *# for each target\n((?:.*\n)*?)\ *# end\n/) {
      text += Self.fill(rest[..<repeated.range.lowerBound], common)
      for target in targets { text += Self.fill(repeated.1, common.merging(facts(target)) { $1 }) }
      rest = rest[repeated.range.upperBound...]
    }
    return text + Self.fill(rest, common)
  }

  private static func fill(_ template: Substring, _ facts: [String: String]) -> String {
    String(template).replacing(/\{([a-z_]+)\}/) { facts[String($0.1)] ?? String($0.0) }
  }

  /// The file of `docker/`. `kubectl` knows no variables, so that they are replaced here as Compose does it.
  private func template(_ environment: [String: String]) throws(DeploymentError) -> String {
    let template = try read("/docker/templates/\(format.template)").replacing(
      /\ *# only ([a-z]+)\n((?:.*\n)*?)\ *# end only\n/
    ) { $0.1 == format.placeOfSuite ? String($0.2) : "" }
    guard format == .kubernetes else { return template }
    return template.replacing(/\$\{([A-Z_]+):-([^}]*)\}/) { variable in
      environment[String(variable.1)].flatMap { $0.isEmpty ? nil : $0 } ?? String(variable.2)
    }
  }

  private func read(_ path: String) throws(DeploymentError) -> String {
    guard let text = ProcFile.text(checkout.path + path) else {
      throw .unusableState(path: checkout.path + path, reason: "cannot be read")
    }
    return text
  }

  private func facts(
    _ settings: [String: String], _ environment: [String: String]
  ) throws(DeploymentError) -> [String: String] {
    let words = ["postgres"] + PostgresSettings.words(settings)
    var facts = [
      "cpus": "2", "memory_mib": "512", "scratch_mib": "16", "scratch_bytes": String(16 << 20),
      "database_port": String(Self.databasePort),
      "database_url": Self.json(databaseURL),
      "postgres_command": Self.json(words.map(escaped)),
      "shared": SharedFolder.path,
      "postgres_announcement": format == .compose ? SharedFolder.announcement(of: Self.database) : "",
      "postgres_environment": variables([
        "POSTGRES_USER": PostgresCluster.user, "POSTGRES_DB": PostgresCluster.database,
        format == .compose ? "POSTGRES_PASSWORD_FILE" : "POSTGRES_PASSWORD": password,
        "POSTGRES_INITDB_ARGS": "--encoding=UTF8 --locale=C --no-sync",
        // Below the volume, whose own folder belongs to root on Kubernetes.
        "PGDATA": "/var/lib/postgresql/data/pgdata",
      ]),
      "postgres_health": "pg_isready --quiet --host 127.0.0.1 --username \(PostgresCluster.user)",
      "target_health": "python /srv/target.py health",
      "urls": Self.json(targets.map { "\($0.name)=http://\($0.name):\($0.port)" }.joined(separator: ",")),
    ]
    guard format == .kubernetes else { return facts }
    let password = environment[Self.passwordVariable] ?? Secret.random().value
    let content = try DatabaseContent(fixtures: checkout.fixtures)
    var revision = Fingerprint()
    for text in [password, content.schema, content.seed] { revision.add(text) }
    facts["password"] = Self.json(password)
    facts["schema"] = Self.json(content.schema)
    facts["seed"] = Self.json(content.seed)
    // Another password or other rows have another name, so that the pods that use them are started anew.
    facts["revision"] = String(revision.text.prefix(8))
    return facts
  }

  private func facts(_ target: Target) -> [String: String] {
    var environment = target.environment.mapValues { escaped($0.replacing(checkout.fixtures, with: "/srv/fixtures")) }
    environment["TARGET"] = target.name
    environment["PORT"] = String(target.port)
    environment["WORKERS"] = String(Target.workers)
    environment["DATABASE_URL"] = databaseURL
    if format == .compose { environment["DATABASE_PASSWORD_FILE"] = SharedFolder.password }
    // What replaces the pinned version of its package, and where that is staged.
    var (staged, replacement) = ("none", "")
    if let source = target.replacement, let package = target.package {
      staged = target.name
      switch source {
      case .version, .dependency: replacement = source.requirement(package)
      case .wheel(let path): replacement = URL(fileURLWithPath: path).lastPathComponent
      case .tree, .repository: replacement = Self.stagedTree
      }
    }
    return [
      "name": target.name, "port": String(target.port), "environment": variables(environment),
      "stop_signal": "SIG" + target.stop.signal.rawValue, "stop_grace": "\(target.stop.graceS)s",
      "folder": URL(fileURLWithPath: target.source).lastPathComponent, "staged": staged,
      "replacement": Self.json(escaped(replacement)),
      "announcement": format == .compose ? SharedFolder.announcement(of: target.name, InstalledInImage.path) : "",
    ]
  }

  /// In the checkout's file it has no password, which `docker/target.py` takes from a file.
  private var databaseURL: String {
    let account = format == .compose ? PostgresCluster.user : "\(PostgresCluster.user):\(password)"
    return "postgresql://\(account)@\(Self.database):\(Self.databasePort)/\(PostgresCluster.database)"
  }

  private var password: String {
    switch format {
    case .compose: SharedFolder.password
    case .docker, .swarm: "${\(Self.passwordVariable):?is not set}"
    case .kubernetes: "$(PASSWORD)"
    }
  }

  /// A dollar sign that means itself.
  private func escaped(_ text: String) -> String {
    format == .kubernetes ? text.replacing("$(", with: "$$(") : text.replacing("$", with: "$$")
  }

  private func variables(_ environment: [String: String]) -> String {
    guard format == .kubernetes else { return Self.json(environment) }
    return environment.sorted { $0.key < $1.key }.map { Self.json(["name": $0.key, "value": $0.value]) }
      .joined(separator: ", ")
  }

  /// JSON, which is YAML on one line; the same text for the same value.
  private static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { preconditionFailure("a text cannot be encoded") }
    return String(decoding: data, as: UTF8.self)
  }
}

extension StackConfiguration {
  /// The stack of all targets, as another program than the suite is to run it.
  package func file(
    for format: StackFile.Format, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(DeploymentError) -> String {
    try StackFile(format: format, targets: known, checkout: checkout)
      .text(
        settings: PostgresSettings.values(targets: known.count, observesStatements: observesStatements),
        environment: environment)
  }
}
