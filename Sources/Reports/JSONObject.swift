import Foundation
import Statistics

/// A JSON object in the making. A member without a value is absent: never zero, never null.
package struct JSONObject: Encodable, ExpressibleByDictionaryLiteral {
  /// Set to true in an encoder's `userInfo`, its fractions have six significant digits; else they are as they are.
  static let isRounded = CodingUserInfoKey(rawValue: "is rounded")!

  private let members: [(name: String, value: any Encodable)]

  package init(dictionaryLiteral members: (String, (any Encodable)?)...) {
    self.members = members.compactMap { name, value in value.map { (name, $0) } }
  }

  package func encode(to encoder: any Encoder) throws {
    let isRounded = encoder.userInfo[JSONObject.isRounded] as? Bool == true
    var container = encoder.container(keyedBy: Name.self)
    for (name, value) in members {
      let name = Name(stringValue: name)
      if isRounded, let fraction = value as? Double {
        try container.encode(Figure.rounded(fraction), forKey: name)
      } else {
        try container.encode(value, forKey: name)
      }
    }
  }

  /// The members in the order of their names.
  package func text(_ formatting: JSONEncoder.OutputFormatting = []) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
