import Machine
import Results

/// The deployment `compose`: the other services of the checkout's `compose.yaml`, seen from the suite's own container.
///
/// The suite is not given the engine, whose socket would make it root of the machine. It starts and stops nothing, and finds
/// its neighbours by their names, by what they have left in the `SharedFolder`, and by their control groups.
public struct ComposedDeployment {
  private let configuration: StackConfiguration
  private let shared: SharedFolder
  /// Where the control groups of the whole machine are mounted.
  private let controlGroups: String

  public init(_ configuration: StackConfiguration) {
    self.init(configuration, shared: SharedFolder(), controlGroups: "/host/cgroup")
  }

  init(_ configuration: StackConfiguration, shared: SharedFolder, controlGroups: String) {
    (self.configuration, self.shared, self.controlGroups) = (configuration, shared, controlGroups)
  }

  /// What there is to measure, once every server has answered and the database has its rows.
  ///
  /// - Throws: a line for each server that does not answer.
  public func stack() throws(DeploymentError) -> Stack {
    guard var postgres else { throw .container(.noService) }
    let defects = configuration.targets.compactMap { target in
      target.defect(at: url(of: target)).map { "\(target.name): \($0); docker compose logs \(target.name) shows why" }
    }
    guard defects.isEmpty else { throw .unreachable(defects) }
    try postgres.fill(DatabaseContent(fixtures: configuration.checkout.fixtures), .silent)
    let installed = configuration.targets.map { ($0, shared.installed(in: $0.name)) }
    return Stack(
      deployment: .compose, python: installed.compactMap { $0.1?.python }.first ?? "–", postgres: postgres,
      servers: installed.map { target, installed in
        Stack.Server(
          name: target.name, baseURL: url(of: target), port: target.port, log: Self.log(of: target.name),
          container: container(of: target.name),
          version: target.package.flatMap { installed?.distributions.version(of: $0) },
          versions: installed?.distributions ?? [:])
      })
  }

  /// Looks, and changes nothing.
  public func status(_ names: [String]) throws(DeploymentError) -> StackStatus {
    guard let postgres else { throw .container(.noService) }
    var rows = configuration.targets.filter { names.contains($0.name) }.map { target in
      let version = target.package.flatMap { shared.installed(in: target.name)?.distributions.version(of: $0) }
      return StackStatus.Row(
        name: target.name, state: target.defect(at: url(of: target)) ?? "up", version: version, port: target.port,
        log: Self.log(of: target.name))
    }
    do throws(DatabaseError) {
      let version = try DatabaseConnection(postgres).serverVersion().split(separator: " ").first.map(String.init)
      rows.append(StackStatus.Row(name: StackFile.database, state: "up", version: version, port: postgres.port))
    } catch {
      rows.append(StackStatus.Row(name: StackFile.database, state: "\(error)"))
    }
    return StackStatus(rows: rows)
  }

  private static func log(of service: String) -> String { "docker compose logs \(service)" }

  private func url(of target: Target) -> String { "http://\(target.name):\(target.port)" }

  /// nil where there is no password, because the suite is no service of `compose.yaml`.
  private var postgres: Stack.Postgres? {
    guard let password = shared.password else { return nil }
    var postgres = Stack.Postgres(
      version: "–", host: StackFile.database, port: StackFile.databasePort, user: PostgresCluster.user,
      database: PostgresCluster.database, password: password)
    // As `compose.yaml` has it.
    postgres.settings = PostgresSettings.values(targets: configuration.known.count, observesStatements: true)
    postgres.log = Self.log(of: StackFile.database)
    postgres.container = container(of: StackFile.database)
    return postgres
  }

  /// nil where its control group is not to be seen: then what it uses is not known, and the report says so.
  private func container(of service: String) -> Stack.Container? {
    guard let id = shared.id(of: service), let found = ControlGroup.ofContainer(id, under: controlGroups),
      found.group.usage() != nil
    else { return nil }
    var container = Stack.Container(
      id: found.id, name: id, processors: found.group.processorLimit(), memoryBytes: found.group.memoryLimit())
    container.controlGroup = found.group
    return container
  }
}
