import LoadEngine
import WireFormats

/// The fields that a user gives with `--header`: which of them go as they are, which replace ours, and which would break
/// the request.
struct LoadHeaders {
  private let fields: [HTTPField]

  /// Those that a request has once at the most (RFC 9110, section 5.3). Others go as often as they were given.
  private static let single = ["host", "content-type", "authorization"]

  init(_ texts: [String]) throws(UsageError) {
    var fields: [HTTPField] = []
    for text in texts {
      do throws(HTTPFieldError) { fields.append(try HTTPField(parsing: text)) } catch {
        throw UsageError("--header \(error)")
      }
    }
    self.fields = fields
    for name in Self.single where fields.count(where: { $0.isNamed(name) }) > 1 {
      throw UsageError("--header '\(name)' is there more than once, and a request has one; leave the others out")
    }
    for field in fields { try Self.refuse(field) }
  }

  func has(_ name: String) -> Bool { fields.contains { $0.isNamed(name) } }

  /// For an HTTP request.
  /// - Parameter contentType: of a body that sets its own.
  func ofRequest(hasBody: Bool, contentType: HTTPField?) throws(UsageError) -> [HTTPField] {
    for field in fields {
      switch field.name.lowercased() {
      case "upgrade":
        throw refusal(field, "it would end HTTP on the connection; for a WebSocket right would be --websocket")
      case "connection" where field.members.contains { $0.lowercased() == "upgrade" }:
        throw refusal(field, "'upgrade' would end HTTP on the connection; for a WebSocket right would be --websocket")
      case "expect" where !hasBody:
        throw refusal(field, "there is no body that a server could ask for; right would be --body or --upload with it")
      case "content-type" where contentType != nil:
        throw refusal(field, "--upload sends its own, with the boundary of its parts; leave it out")
      default: break
      }
    }
    return fields + [contentType].compactMap { $0 }
  }

  /// For the opening handshake of a WebSocket.
  func ofHandshake() throws(UsageError) -> [HTTPField] {
    for field in fields {
      switch field.name.lowercased() {
      case "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-accept":
        throw refusal(field, "the handshake of --websocket has its own; leave it out")
      case "sec-websocket-extensions":
        throw refusal(field, "no extension is known here; leave it out")
      case "expect":
        throw refusal(field, "a handshake has no body; leave it out")
      default: break
      }
    }
    let protocols = fields.filter { $0.isNamed("sec-websocket-protocol") }
    let offered = protocols.flatMap(\.members)
    if let field = protocols.first(where: \.members.isEmpty) ?? protocols.first,
      protocols.contains(where: \.members.isEmpty) || !offered.allSatisfy(isToken) || Set(offered).count < offered.count
    {
      throw refusal(field, "subprotocols are different words, separated by commas; right would be 'chat, superchat'")
    }
    return fields
  }

  /// What breaks the framing of any request.
  private static func refuse(_ field: HTTPField) throws(UsageError) {
    switch field.name.lowercased() {
    case "content-length":
      throw refusal(field, "the bytes of --body and --upload are counted here; leave it out")
    case "transfer-encoding":
      throw refusal(field, "a body is sent whole, with its length before it; leave it out")
    case "trailer":
      throw refusal(field, "no field follows a body here; leave it out")
    case "te" where !field.members.allSatisfy { $0.lowercased() == "trailers" }:
      throw refusal(field, "no coding but chunked is read here; right would be 'TE: trailers'")
    default: break
    }
  }
}

private func refusal(_ field: HTTPField, _ reason: String) -> UsageError {
  UsageError("--header '\(field.name)' is refused: \(reason)")
}
