/// A text that is never printed: neither by interpolation nor by a failed expectation.
public struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var value: String

  public init(_ value: String) {
    self.value = value
  }

  /// 192 random bits in hexadecimal digits.
  package static func random() -> Secret {
    var generator = SystemRandomNumberGenerator()
    return Secret(
      (0..<3).map { _ in
        let digits = String(generator.next(), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }.joined())
  }

  public var description: String { "•••" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Codable {
  public init(from decoder: any Decoder) throws {
    value = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
