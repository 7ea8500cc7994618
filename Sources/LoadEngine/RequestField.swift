import Text

// Fields that a user writes for a request. Those of a response are the parser's.

extension HTTPField {
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
