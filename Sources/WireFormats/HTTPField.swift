import Text

/// One field of a head, the name spelled as it came.
public struct HTTPField: Equatable, Sendable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Takes `name: value` apart. Blanks and tabs around the value are none of it; an empty value is one.
  ///
  /// Source: RFC 9110, sections 5.1 and 5.5. Other letters than those of ASCII go as their UTF-8 bytes.
  public init(parsing text: String) throws(HTTPFieldError) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw .noColon(text.escapingControls) }
    let name = text[..<colon]
    guard isToken(name) else { throw .name(String(name).escapingControls) }
    var value = text[colon...].utf8.dropFirst()
    while let byte = value.first, isBlank(byte) { value.removeFirst() }
    while let byte = value.last, isBlank(byte) { value.removeLast() }
    guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { throw .value(of: String(name)) }
    self.init(String(name), String(Substring(value)))
  }

  /// Whether it is the field of that name, which is given in lower case.
  public func isNamed(_ name: String) -> Bool { self.name.lowercased() == name }

  /// The value as a comma-separated list (RFC 9110, section 5.6.1).
  public var members: [String] {
    value.split(separator: ",").compactMap { part in
      let member = part.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
      return member.isEmpty ? nil : String(decoding: member, as: UTF8.self)
    }
  }
}

extension [HTTPField] {
  /// The values of all fields of that name, which is given in lower case, joined with commas (RFC 9110, section 5.3); nil
  /// where there is none.
  func joined(_ name: String) -> String? {
    let values = filter { $0.isNamed(name) }.map(\.value)
    return values.isEmpty ? nil : values.joined(separator: ",")
  }

  /// The head of a request with these fields: its line, `host` first, and the empty line. The endpoint says what `host` is
  /// where the fields do not.
  public func head(of method: String, _ target: String, to endpoint: Endpoint) -> [UInt8] {
    let host = first { $0.isNamed("host") } ?? HTTPField("host", endpoint.hostField)
    let lines = ([host] + filter { !$0.isNamed("host") }).map { "\($0.name): \($0.value)\r\n" }
    return [UInt8]("\(method) \(target) HTTP/1.1\r\n\(lines.joined())\r\n".utf8)
  }
}

/// Whether the text may be a method or the name of a field (`token`, RFC 9110, section 5.6.2).
public func isToken(_ text: some StringProtocol) -> Bool { !text.isEmpty && text.utf8.allSatisfy { isTokenByte($0) } }

/// A field that would not be one on the wire. The values are not repeated: they may be secret.
public enum HTTPFieldError: Error, Equatable, Sendable, CustomStringConvertible {
  case noColon(String)
  case name(String)
  case value(of: String)

  public var description: String {
    switch self {
    case .noColon(let text): "'\(text)' is not 'name: value'"
    case .name(let name):
      "'\(name): …' is not 'name: value': a name is one word of letters, digits and !#$%&'*+-.^_`|~, the colon directly after"
    case .value(let name):
      "'\(name): …' is not 'name: value': the value has a control character, such as a line feed"
    }
  }
}
