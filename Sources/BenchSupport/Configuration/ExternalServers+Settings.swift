import Foundation
import LoadEngine
import Stack
import WireFormats

extension ExternalServers {
  /// - Parameters:
  ///   - urls: `aquilia=http://host:8000,sanic=http://host:8001`.
  ///   - database: `postgresql://user:password@host:port/name`; nil where it is not known.
  package init(urls text: String?, database: String?, known: [String]) throws(ConfigurationError) {
    self.init(
      urls: try Self.urls(text ?? "", known: known),
      database: try database.map { text throws(ConfigurationError) in try Self.postgres(text) })
    guard !urls.isEmpty else {
      throw .external(
        "\(Self.urlsVariable) names no server, and DEPLOYMENT=external starts none; right would be URLS=\(Self.example)"
      )
    }
  }

  private static let example = "aquilia=http://host:8000,sanic=http://host:8001"

  private static func urls(_ text: String, known: [String]) throws(ConfigurationError) -> [String: String] {
    // Not repeated in any part: what stands before an @ may be a password, and may hold commas and slashes.
    guard !text.contains("@") else {
      throw .external(
        "\(urlsVariable) has a user name or a password before an @, and the suite sends none; right would be \(example)"
      )
    }
    var urls: [String: String] = [:]
    for entry in text.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) where !entry.isEmpty {
      guard let sign = entry.firstIndex(of: "=") else {
        throw .external("'\(entry)' in \(urlsVariable) is not NAME=URL; right would be \(example)")
      }
      let name = String(entry[..<sign])
      guard known.contains(name) else {
        throw .unknown(what: "framework", name: name, variable: urlsVariable, known: known)
      }
      guard urls[name] == nil else { throw .external("\(urlsVariable) names \(name) twice") }
      urls[name] = try baseURL(String(entry[entry.index(after: sign)...]), of: name)
    }
    return urls
  }

  private static func baseURL(_ text: String, of name: String) throws(ConfigurationError) -> String {
    let parsed: (endpoint: Endpoint, target: String)
    do throws(EndpointError) {
      parsed = try Endpoint.parse(url: text)
    } catch {
      throw .external("\(urlsVariable): \(name): \(error)")
    }
    guard parsed.target == "/" else {
      throw .external(
        "\(urlsVariable): '\(text)' of \(name) has a path; the scenarios' paths begin at the root of a server")
    }
    return "http://\(parsed.endpoint.authority)"
  }

  /// No message repeats the text: it holds a password.
  private static func postgres(_ text: String) throws(ConfigurationError) -> Stack.Postgres {
    guard let parts = URLComponents(string: text), ["postgres", "postgresql"].contains(parts.scheme),
      let host = parts.host, !host.isEmpty, let user = parts.user, parts.path.count > 1
    else {
      throw .external(
        "\(databaseVariable) is no address of a PostgreSQL database; right would be postgresql://user:password@host:5432/name"
      )
    }
    let port = parts.port ?? 5432
    guard (1...65_535).contains(port) else {
      throw .external("\(databaseVariable) has the port \(port); right would be 1 to 65535")
    }
    var postgres = Stack.Postgres(
      version: "–", host: host.trimmingCharacters(in: ["[", "]"]), port: port, user: user,
      database: String(parts.path.dropFirst()), password: Secret(parts.password ?? ""))
    postgres.encryption = try encryption(parts.queryItems ?? [])
    return postgres
  }

  private static let encryptionModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
  private static let encryptionFiles = ["sslrootcert", "sslcert", "sslkey"]

  /// How the connection is encrypted, as the address says it; as libpq does where it says nothing.
  private static func encryption(_ items: [URLQueryItem]) throws(ConfigurationError) -> [String: String] {
    var encryption = ["sslmode": "prefer"]
    for item in items {
      let value = item.value ?? ""
      switch item.name {
      case "sslmode":
        guard encryptionModes.contains(value) else {
          throw .unknown(what: "sslmode", name: value, variable: databaseVariable, known: encryptionModes)
        }
      case _ where encryptionFiles.contains(item.name):
        guard FileManager.default.isReadableFile(atPath: value) else {
          throw .external("\(databaseVariable): \(item.name) is '\(value)', and no readable file is there")
        }
      default:
        throw .unknown(
          what: "parameter", name: item.name, variable: databaseVariable, known: ["sslmode"] + encryptionFiles)
      }
      encryption[item.name] = value
    }
    if let mode = encryption["sslmode"], mode.hasPrefix("verify-"), encryption["sslrootcert"] == nil {
      throw .external(
        "\(databaseVariable) has sslmode=\(mode) and says not by which certificate; right would be &sslrootcert=FILE")
    }
    return encryption
  }
}
