import Foundation

/// The services that are added to `docker/compose.yaml`: one for each target, on the pattern of
/// `docker/target.yaml`, with what its `framework.json` says; and the database's settings.
package struct ComposeServices: Equatable {
  package var targets: [Target]
  package var checkout: Checkout

  package static let database = "postgres"
  /// The variable of the environment that the files take the password from: it is written into none of them.
  package static let passwordVariable = "SHOOTOUT_DATABASE_PASSWORD"
  /// Where an image has what all targets serve.
  package static let fixtures = "/srv/fixtures"
  package static let databasePort = 5432

  /// What the files read from the user's environment.
  package static let variables = [
    "PYTHON_IMAGE", "POSTGRES_IMAGE", "TARGET_CPUS", "TARGET_MEMORY", "CONTESTANT_CPUS", "CONTESTANT_MEMORY",
    "POSTGRES_CPUS", "POSTGRES_MEMORY",
  ]

  /// The Compose file, as JSON, which is YAML.
  ///
  /// - Parameter settings: those of the database.
  package func text(_ settings: [String: String]) -> String {
    let services = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, service($0)) })
    return Self.text(
      .object(["services": .object(services.merging([Self.database: databaseService(settings)]) { $1 })]))
  }

  /// The same text for the same value.
  package static func text(_ value: JSONValue) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { preconditionFailure("a tree of texts cannot be encoded") }
    return String(decoding: data, as: UTF8.self)
  }

  package func service(_ target: Target) -> JSONValue {
    var environment = target.environment.mapValues {
      Self.escaped($0.replacing(checkout.fixtures, with: Self.fixtures))
    }
    environment["TARGET"] = target.name
    environment["PORT"] = String(target.port)
    environment["WORKERS"] = String(Target.workers)
    environment["DATABASE_URL"] =
      "postgresql://\(PostgresCluster.user):\(Self.password)@\(Self.database):\(Self.databasePort)/\(PostgresCluster.database)"
    return .object([
      "extends": .object([
        "file": .string(checkout.path + "/docker/target.yaml"), "service": .string("target"),
      ]),
      "build": .object(["args": .object(Self.buildArguments(target).mapValues { .string(Self.escaped($0)) })]),
      "depends_on": .object([Self.database: .object(["condition": .string("service_healthy")])]),
      "environment": .object(environment.mapValues { .string($0) }),
      "ports": .array([.string("127.0.0.1:\(target.port):\(target.port)")]),
      "stop_signal": .string("SIG" + target.stop.signal.rawValue),
      "stop_grace_period": .string("\(target.stop.graceS)s"),
    ])
  }

  private func databaseService(_ settings: [String: String]) -> JSONValue {
    let words =
      ["postgres"] + settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    return .object([
      "command": .array(words.map { .string(Self.escaped($0)) }),
      "environment": .object([
        "POSTGRES_USER": .string(PostgresCluster.user),
        "POSTGRES_DB": .string(PostgresCluster.database),
        "POSTGRES_PASSWORD": .string(Self.password),
      ]),
    ])
  }

  /// Which folder an image is built from, what replaces the pinned version of its package, and where that is staged.
  package static func buildArguments(_ target: Target) -> [String: String] {
    var arguments = ["FRAMEWORK": URL(fileURLWithPath: target.source).lastPathComponent]
    if let source = target.replacement, let package = target.package {
      arguments["STAGED"] = target.name
      switch source {
      case .version: arguments["REPLACEMENT"] = source.requirement(package)
      case .wheel(let path): arguments["REPLACEMENT"] = URL(fileURLWithPath: path).lastPathComponent
      case .tree, .repository: arguments["REPLACEMENT"] = stagedTree
      }
    }
    return arguments
  }

  /// The name of a source tree beside the applications.
  package static let stagedTree = "package"

  private static let password = "${\(passwordVariable):?is not set}"

  /// A dollar sign that means itself.
  private static func escaped(_ text: String) -> String { text.replacing("$", with: "$$") }
}
