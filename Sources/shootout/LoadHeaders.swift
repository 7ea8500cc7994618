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
    try refuse(["content-length"], "the bytes of --body and --upload are counted here; leave it out")
    try refuse(["transfer-encoding"], "a body is sent whole, with its length before it; leave it out")
    try refuse(["trailer"], "no field follows a body here; leave it out")
    try refuse(["te"], "no coding but chunked is read here; right would be 'TE: trailers'") { field in
      !field.members.allSatisfy { $0.lowercased() == "trailers" }
    }
  }

  func has(_ name: String) -> Bool { fields.contains { $0.isNamed(name) } }

  /// For an HTTP request.
  /// - Parameter contentType: of a body that sets its own.
  func ofRequest(hasBody: Bool, contentType: HTTPField?) throws(UsageError) -> [HTTPField] {
    let end = "would end HTTP on the connection; for a WebSocket right would be --websocket"
    try refuse(["upgrade"], "it \(end)")
    try refuse(["connection"], "'upgrade' \(end)") { $0.members.contains { $0.lowercased() == "upgrade" } }
    if !hasBody {
      try refuse(["expect"], "there is no body that a server could ask for; right would be --body or --upload with it")
    }
    guard let contentType else { return fields }
    try refuse(["content-type"], "--upload sends its own, with the boundary of its parts; leave it out")
    return fields + [contentType]
  }

  /// For the opening handshake of a WebSocket.
  func ofHandshake() throws(UsageError) -> [HTTPField] {
    try refuse(
      ["upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-accept"],
      "the handshake of --websocket has its own; leave it out")
    try refuse(["sec-websocket-extensions"], "no extension is known here; leave it out")
    try refuse(["expect"], "a handshake has no body; leave it out")
    let protocols = fields.filter { $0.isNamed("sec-websocket-protocol") }
    let offered = protocols.flatMap(\.members)
    if let field = protocols.first(where: \.members.isEmpty) ?? protocols.first,
      protocols.contains(where: \.members.isEmpty) || !offered.allSatisfy(isToken) || Set(offered).count < offered.count
    {
      throw refusal(field, "subprotocols are different words, separated by commas; right would be 'chat, superchat'")
    }
    return fields
  }

  private func refuse(
    _ names: [String], _ reason: String, where isRefused: (HTTPField) -> Bool = { _ in true }
  ) throws(UsageError) {
    for field in fields where names.contains(field.name.lowercased()) && isRefused(field) {
      throw refusal(field, reason)
    }
  }

  private func refusal(_ field: HTTPField, _ reason: String) -> UsageError {
    UsageError("--header '\(field.name)' is refused: \(reason)")
  }
}
