import Foundation

/// Any JSON value, for what has no shape of its own: the documented differences of a `framework.json`.
///
/// Numbers are `Double`: what is compared is small.
public enum JSONValue: Equatable, Sendable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// An object in a file, by the key that it has there; empty where there is none.
  public static func object(_ key: String, in path: String) throws -> [String: JSONValue] {
    let file = try JSONDecoder().decode([String: JSONValue].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    guard let value = file[key] else { return [:] }
    guard case .object(let members) = value else {
      throw DecodingError.typeMismatch(
        [String: JSONValue].self, .init(codingPath: [], debugDescription: "\(path): \(key) is no object"))
    }
    return members
  }

  /// The member of an object; nil where there is none, or where this is no object.
  public subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  public var number: Double? {
    guard case .number(let value) = self else { return nil }
    return value
  }

  public var array: [JSONValue]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  public var object: [String: JSONValue]? {
    guard case .object(let value) = self else { return nil }
    return value
  }
}
