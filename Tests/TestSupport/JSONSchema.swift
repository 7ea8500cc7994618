import Foundation

/// As much of JSON Schema (draft 2020-12) as the schemas in `docs` use. A keyword that it does not know is a
/// fault, so that nothing in the schema can go unheeded.
package struct JSONSchema {
  private let root: [String: Any]

  /// - Parameter path: From the root of the checkout.
  package init(ofCheckout path: String) throws {
    let data = try Data(contentsOf: SourceFiles.checkout.appendingPathComponent(path))
    root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// What of the document does not conform, each with its place; empty where all does.
  package func faults(_ document: Data) throws -> [String] {
    faults(try JSONSerialization.jsonObject(with: document), root, "$")
  }

  private func faults(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
    schema.sorted { $0.key < $1.key }.flatMap { keyword, rule -> [String] in
      switch keyword {
      case "$schema", "$defs", "title", "description", "additionalProperties": []
      case "$ref": reference(value, rule, place)
      case "const": same(value, rule) ? [] : ["\(place) is not \(rule)"]
      case "enum": (rule as? [Any] ?? []).contains { same(value, $0) } ? [] : ["\(place) is none of \(rule)"]
      case "type": isOf(type: rule as? String, value) ? [] : ["\(place) is not of type \(rule)"]
      case "minimum": number(value).map { $0 >= number(rule) ?? 0 } ?? true ? [] : ["\(place) is below \(rule)"]
      case "maximum": number(value).map { $0 <= number(rule) ?? 0 } ?? true ? [] : ["\(place) is above \(rule)"]
      case "items":
        (value as? [Any] ?? []).enumerated().flatMap { faults($1, rule as? [String: Any] ?? [:], "\(place)[\($0)]") }
      case "required":
        (rule as? [String] ?? ["(the schema's list of what is required is none of names)"]).filter {
          (value as? [String: Any])?[$0] == nil
        }.map { "\(place).\($0) is missing" }
      case "properties": properties(value, rule as? [String: Any] ?? [:], schema, place)
      default: ["\(place): the schema has '\(keyword)', which is not known here"]
      }
    }
  }

  private func properties(
    _ value: Any, _ rules: [String: Any], _ schema: [String: Any], _ place: String
  ) -> [String] {
    let isClosed = schema["additionalProperties"] as? Bool == false
    return (value as? [String: Any] ?? [:]).sorted { $0.key < $1.key }.flatMap { key, member -> [String] in
      if let rule = rules[key] as? [String: Any] { return faults(member, rule, "\(place).\(key)") }
      return isClosed ? ["\(place).\(key) is not in the schema"] : []
    }
  }

  private func reference(_ value: Any, _ rule: Any, _ place: String) -> [String] {
    let name = (rule as? String)?.split(separator: "/").last.map(String.init) ?? ""
    guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
      return ["\(place): the schema has no \(rule)"]
    }
    return faults(value, target, place)
  }

  private func isOf(type: String?, _ value: Any) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": (value as? NSNumber).map(isBoolean) ?? false
    case "number": number(value) != nil
    case "integer": number(value).map { $0 == $0.rounded() } ?? false
    default: false
    }
  }

  private func number(_ value: Any) -> Double? {
    guard let number = value as? NSNumber, !isBoolean(number) else { return nil }
    return number.doubleValue
  }

  private func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

  private func same(_ one: Any, _ other: Any) -> Bool {
    if let one = number(one), let other = number(other) { return one == other }
    return one as? String != nil && one as? String == other as? String
  }
}
