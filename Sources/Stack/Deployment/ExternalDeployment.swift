import LoadEngine
import WireFormats

/// The deployment `external`: servers that run anywhere and are only looked at.
public struct ExternalDeployment {
  private let configuration: StackConfiguration
  private let servers: ExternalServers

  public init(_ configuration: StackConfiguration) throws(DeploymentError) {
    guard let servers = configuration.external else { throw .notBuilt(configuration.deployment) }
    self.configuration = configuration
    self.servers = servers
  }

  /// What there is to measure, once every server and the database have answered.
  ///
  /// - Throws: a line for each that does not, with its address.
  public func stack() throws(DeploymentError) -> Stack {
    var defects: [String] = []
    var stack = Stack(deployment: .external, python: "–")
    for target in configuration.targets {
      guard let url = servers.urls[target.name] else { continue }
      if let defect = target.defect(at: url) { defects.append("\(target.name) at \(url): \(defect)") }
      let port = port(of: url) ?? target.port
      stack.servers.append(Stack.Server(name: target.name, baseURL: url, port: port))
    }
    do throws(DatabaseError) {
      stack.postgres = try servers.database.map { database throws(DatabaseError) in try seeded(database) }
    } catch {
      defects.append("\(error)")
    }
    guard defects.isEmpty else { throw .unreachable(defects) }
    return stack
  }

  /// Looks, and changes nothing.
  public func status(_ names: [String]) -> StackStatus {
    let rows = configuration.targets.filter { names.contains($0.name) }.map { target in
      let url = servers.urls[target.name] ?? ""
      return StackStatus.Row(name: target.name, state: target.defect(at: url) ?? "up", port: port(of: url))
    }
    return StackStatus(rows: rows + [databaseStatus])
  }

  private func port(of url: String) -> Int? { (try? Endpoint.parse(url: url).endpoint.port).map(Int.init) }

  private var databaseStatus: StackStatus.Row {
    guard let database = servers.database else {
      return StackStatus.Row(name: "postgres", state: "not known: \(ExternalServers.databaseVariable) is not set")
    }
    let name = "postgres"
    do throws(DatabaseError) {
      return StackStatus.Row(name: name, state: "up", version: try DatabaseConnection(database).serverVersion())
    } catch {
      return StackStatus.Row(name: name, state: "\(error)")
    }
  }

  /// The database without the rows of earlier loads, and with those that every scenario expects.
  private func seeded(_ database: Stack.Postgres) throws(DatabaseError) -> Stack.Postgres {
    var database = database
    let connection = try DatabaseConnection(database)
    database.version = try connection.serverVersion()
    let defect: String?
    do throws(DatabaseError) {
      try connection.deleteBenchUsers()
      defect = try connection.seedDefect()
    } catch {
      defect = "\(error)"
    }
    guard let defect else { return database }
    throw .notSeeded(
      address: "\(database.host):\(database.port)",
      detail: "\(defect); seed it with: psql \"$\(ExternalServers.databaseVariable)\""
        + " -f fixtures/sql/schema.sql -f fixtures/sql/seed.sql")
  }
}

extension Target {
  private static let patience = Duration.seconds(10)

  /// Why the server at an address cannot be measured; nil where it can.
  func defect(at url: String) -> String? {
    do {
      var conversation = try Conversation(to: Endpoint.parse(url: url).endpoint, timeout: Self.patience)
      let status = try conversation.exchange(HTTPRequest("GET", ready.path)).status
      return status == 200 ? nil : "answers GET \(ready.path) with \(status) instead of 200"
    } catch {
      return "\(error)"
    }
  }
}

extension StackConfiguration {
  /// What somebody else has started and stops, once it has answered.
  public func stackOfOthers() throws(DeploymentError) -> Stack {
    deployment == .compose ? try ComposedDeployment(self).stack() : try ExternalDeployment(self).stack()
  }

  /// Looks at it, and changes nothing.
  public func statusOfOthers(_ names: [String]) throws(DeploymentError) -> StackStatus {
    deployment == .compose ? try ComposedDeployment(self).status(names) : try ExternalDeployment(self).status(names)
  }
}
