import WireFormats

/// A request as it goes over the wire. The endpoint adds the `host` field where the request has none.
public struct HTTPRequest: Sendable {
  public var method: String
  /// Path and query, percent-encoded.
  public var target: String
  public var fields: [HTTPField]
  public var body: HTTPBody

  public init(_ method: String, _ target: String, fields: [HTTPField] = [], body: HTTPBody = .none) {
    self.method = method
    self.target = target
    self.fields = fields
    self.body = body
  }

  /// The request line and fields, with the empty line. `content-length` is added where there is a body.
  func head(to endpoint: Endpoint) -> [UInt8] {
    let length = body.byteCount.map { HTTPField("content-length", "\($0)") }
    return (fields + [length].compactMap { $0 }).head(of: method, target, to: endpoint)
  }

  /// All that goes over the wire; nil where the body is a file.
  public func bytes(to endpoint: Endpoint) -> [UInt8]? {
    switch body {
    case .none: head(to: endpoint)
    case .bytes(let bytes): head(to: endpoint) + bytes
    case .file: nil
    }
  }

  /// Whether it says that no other request follows on the connection (RFC 9112, section 9.6).
  var endsConnection: Bool {
    fields.contains { $0.isNamed("connection") && $0.members.contains { $0.lowercased() == "close" } }
  }
}

/// The body of a request. All connections send from the same memory or the same open file.
public enum HTTPBody: Sendable {
  case none
  case bytes([UInt8])
  /// The file between two pieces of framing, as `multipart(field:file:boundary:)` makes them.
  case file(BodyFile, before: [UInt8], after: [UInt8])

  /// Nil where there is none.
  public var byteCount: Int? {
    switch self {
    case .none: nil
    case .bytes(let bytes): bytes.count
    case .file(let file, let before, let after): before.count + file.byteCount + after.count
    }
  }

  /// A field of a form that is no file.
  public struct FormField: Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// One file in one field of `multipart/form-data` (RFC 7578), between other fields where there are some.
  ///
  /// - Returns: the body and the `content-type` field that goes with it.
  /// - Precondition: no part has the boundary in it.
  public static func multipart(
    field: String, file: BodyFile, boundary: String = "----shootout-5f1d7c0a9b3e48d2", before: [FormField] = [],
    after: [FormField] = []
  ) -> (body: HTTPBody, contentType: HTTPField) {
    func parts(_ fields: [FormField]) -> String {
      fields.map { "\(head($0.name))\r\n\r\n\($0.value)\r\n" }.joined()
    }
    func head(_ name: String) -> String {
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(escaped(name))\""
    }
    let start =
      "\(parts(before))\(head(field)); filename=\"\(escaped(file.name))\"\r\n"
      + "Content-Type: application/octet-stream\r\n\r\n"
    let end = "\r\n\(parts(after))--\(boundary)--\r\n"
    let body = HTTPBody.file(file, before: Array(start.utf8), after: Array(end.utf8))
    return (body, HTTPField("content-type", "multipart/form-data; boundary=\(boundary)"))
  }

  /// A name in the head of a part, where a quotation mark or a line break would end it (WHATWG HTML, "multipart form data":
  /// the three are percent-encoded and nothing else is).
  private static func escaped(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"": text += "%22"
      case "\r": text += "%0D"
      case "\n": text += "%0A"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
