import BenchSupport
import Foundation
import LoadEngine
import Stack
import TestSupport
import WireFormats

/// What the contract says about an answer. Only what is named is compared.
struct Answer: Equatable {
  /// One of these; empty for a WebSocket.
  var status: [Int] = []
  /// By name in lower case.
  var headers: [String: HeaderRule] = [:]
  var body: [BodyRule] = []
  var webSocket: WebSocketOutcome?

  init(_ status: Int, _ headers: [String: HeaderRule] = [:], _ body: BodyRule...) {
    self.status = [status]
    self.headers = headers
    self.body = body
  }

  /// One message on a WebSocket.
  static func message(_ body: BodyRule...) -> Answer {
    var answer = Answer(0)
    answer.status = []
    answer.webSocket = .message
    answer.body = body
    return answer
  }

  /// The end of a WebSocket.
  static func closed(code: UInt16) -> Answer {
    var answer = Answer.message()
    answer.webSocket = .close(code: code)
    return answer
  }

  /// An answer in JSON with these bytes.
  static func json(_ text: String, status: Int = 200) -> Answer {
    Answer(
      status, ["content-type": .mediaType("application/json"), "content-length": .exactly("\(text.utf8.count)")],
      .whole(text))
  }

  /// An error whose body is the framework's own, but JSON.
  static func jsonError(_ status: Int) -> Answer {
    Answer(status, ["content-type": .mediaType("application/json")], .isJSON)
  }
}

extension HTTPRequest {
  /// A request of a client that understands every usual compression.
  static func compressible(_ path: String) -> HTTPRequest {
    HTTPRequest("GET", path, fields: [HTTPField("accept-encoding", "gzip, deflate, br, zstd")])
  }
}

extension Answer {
  /// The same answer, as it stands: nobody compresses.
  var uncompressed: Answer {
    var answer = self
    answer.headers["content-encoding"] = .absent
    return answer
  }
}

enum HeaderRule: Equatable {
  case exactly(String)
  /// The type, in UTF-8 where it says so.
  case mediaType(String)
  case present
  case absent
}

enum BodyRule: Equatable {
  case whole(String)
  case bytes([UInt8])
  case begins(String)
  case contains(String)
  case isJSON
  /// These bytes, once `\u` escapes are replaced by their characters.
  case unescaped(String)
  /// This value, however it is spelled.
  case value(JSONValue)
}

enum WebSocketOutcome: Equatable {
  case message
  /// Without a code: closed in any way.
  case close(code: UInt16?)
}

extension Answer: CustomStringConvertible {
  var description: String {
    var parts = status.isEmpty ? [] : [status.map(String.init).joined(separator: " or ")]
    parts += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    parts += webSocket.map { ["\($0)"] } ?? []
    return (parts + body.map { "body \($0)" }).joined(separator: ", ")
  }
}

extension BodyRule: CustomStringConvertible {
  var description: String {
    switch self {
    case .whole(let text): text.shown
    case .bytes(let bytes): "of \(bytes.count) bytes"
    case .begins(let text): "beginning with \(text.shown)"
    case .contains(let text): "containing \(text.shown)"
    case .isJSON: "in JSON"
    case .unescaped(let text): "\(text.shown), with or without \\u escapes"
    case .value(let value): "saying \("\(value)".shown)"
    }
  }
}

extension WebSocketOutcome: CustomStringConvertible {
  var description: String {
    switch self {
    case .message: "a text message"
    case .close(let code): "closed with \(code.map { "code \($0)" } ?? "any code")"
    }
  }
}

// MARK: - Documented differences

extension Answer {
  /// The common answer with a target's entry under `differences` of its `framework.json` laid over it, by the rules
  /// of `docs/endpoints.md`.
  func replacing(by difference: JSONValue) throws(DifferenceError) -> Answer {
    guard case .object(let entry) = difference, !entry.isEmpty else { throw .notAnObject }
    var answer = self
    if let status = entry["status"] {
      let numbers = (status.array ?? [status]).compactMap { $0.number.map { Int($0) } }
      guard !numbers.isEmpty else { throw .value(key: "status") }
      if numbers != self.status { answer = Answer(0) }
      answer.status = numbers
    }
    if let outcome = entry["websocket"]?.string {
      switch outcome {
      case "message": answer.webSocket = .message
      case "close": answer.webSocket = .close(code: nil)
      default: throw .value(key: "websocket")
      }
    }
    if entry.keys.contains(where: { $0.hasPrefix("body") }) { answer.body = [] }
    for (key, value) in entry.sorted(by: { $0.key < $1.key }) {
      switch key {
      case "status", "websocket": continue
      case "headers": try answer.replaceHeaders(by: value)
      case "body": answer.body.append(.whole(try Self.text(value, key)))
      case "body_starts": answer.body.append(.begins(try Self.text(value, key)))
      case "body_contains": answer.body.append(.contains(try Self.text(value, key)))
      default: throw .unknownKey(key)
      }
    }
    guard answer != self else { throw .sameAsCommon }
    return answer
  }

  private mutating func replaceHeaders(by value: JSONValue) throws(DifferenceError) {
    guard case .object(let fields) = value else { throw .value(key: "headers") }
    for (name, value) in fields {
      switch value {
      case .null: headers[name.lowercased()] = .absent
      case .string("*"): headers[name.lowercased()] = .present
      case .string(let text): headers[name.lowercased()] = .exactly(text)
      case .bool, .number, .array, .object: throw .value(key: name)
      }
    }
  }

  private static func text(_ value: JSONValue, _ key: String) throws(DifferenceError) -> String {
    guard let text = value.string else { throw .value(key: key) }
    return text
  }
}

enum DifferenceError: Error, CustomStringConvertible {
  case notAnObject
  case unknownKey(String)
  case value(key: String)
  case sameAsCommon

  var description: String {
    switch self {
    case .notAnObject: "is no object with a key"
    case .unknownKey(let key): "has the unknown key '\(key)'"
    case .value(let key): "has a value for '\(key)' that means nothing"
    case .sameAsCommon: "says the same as the common answer"
    }
  }
}

// MARK: - Comparing

extension Answer {
  /// What is wrong with a response; empty where nothing is.
  func mismatches(_ response: HTTPResponse) -> [String] {
    var found: [String] = []
    if !status.contains(response.status) {
      found.append("status is \(response.status) instead of \(status.map(String.init).joined(separator: " or "))")
    }
    for (name, rule) in headers.sorted(by: { $0.key < $1.key }) {
      let value = response[name]
      guard !rule.holds(for: value) else { continue }
      found.append("\(name) is \(value.map { "'\($0)'" } ?? "absent") instead of \(rule)")
    }
    // Nobody encodes, also where nothing is said of it: a body that claims to be encoded is another one.
    if headers["content-encoding"] == nil, let encoding = response["content-encoding"] {
      found.append("content-encoding is '\(encoding)' instead of absent")
    }
    return found + body.compactMap { $0.mismatch(response.body) }
  }

  func mismatches(_ event: WebSocketConversation.Event) -> [String] {
    switch (webSocket, event) {
    case (.message, .text(let text)): body.compactMap { $0.mismatch(Array(text.utf8)) }
    case (.close(nil), .close): []
    case (.close(let code), .close(let actual, _)) where code == actual: []
    case (let outcome, let event): ["\("\(event)".shown) instead of \(outcome.map { "\($0)" } ?? "nothing")"]
    }
  }
}

extension HeaderRule: CustomStringConvertible {
  func holds(for value: String?) -> Bool {
    switch self {
    case .exactly(let expected): return value == expected
    case .mediaType(let expected):
      let spelled = value?.lowercased().filter { $0 != " " && $0 != "\"" }
      return spelled == expected || spelled == expected + ";charset=utf-8"
    case .present: return value != nil
    case .absent: return value == nil
    }
  }

  var description: String {
    switch self {
    case .exactly(let value): "'\(value)'"
    case .mediaType(let value): "'\(value)', in UTF-8 where it says so"
    case .present: "present"
    case .absent: "absent"
    }
  }
}

extension BodyRule {
  /// - Returns: nil where the body is as it should be.
  func mismatch(_ body: [UInt8]) -> String? {
    switch self {
    case .whole(let text): return Self.firstDifference(body, Array(text.utf8))
    case .bytes(let expected): return Self.firstDifference(body, expected)
    case .begins(let text):
      let expected = Array(text.utf8)
      return body.starts(with: expected)
        ? nil : Self.firstDifference(Array(body.prefix(expected.count)), expected).map { "the beginning: \($0)" }
    case .contains(let text):
      return String(decoding: body, as: UTF8.self).contains(text) ? nil : "the body does not contain \(text.shown)"
    case .isJSON:
      return (try? JSONDecoder().decode(JSONValue.self, from: Data(body))) == nil ? "the body is not JSON" : nil
    case .unescaped(let text):
      return Self.firstDifference(Array(String(decoding: body, as: UTF8.self).unescaped.utf8), Array(text.utf8))
    case .value(let expected):
      let value = try? JSONDecoder().decode(JSONValue.self, from: Data(body))
      return value == expected ? nil : "the body does not say \("\(expected)".shown)"
    }
  }

  private static func firstDifference(_ actual: [UInt8], _ expected: [UInt8]) -> String? {
    guard actual != expected else { return nil }
    let common = zip(actual, expected).prefix { $0 == $1 }.count
    let start = max(0, common - 20)
    func part(_ bytes: [UInt8]) -> String {
      String(decoding: bytes[min(start, bytes.count)...].prefix(60), as: UTF8.self)
    }
    let count = actual.count == expected.count ? "" : "\(actual.count) bytes instead of \(expected.count), "
    return "\(count)different from byte \(common) on: "
      + "…\(part(actual).shown) instead of …\(part(expected).shown)"
  }
}

extension String {
  /// On one line, and not longer than a line or two.
  var shown: String {
    let limit = 200
    let start = String(prefix(limit)).debugDescription
    return utf8.count > limit ? "\(start)… (\(utf8.count) bytes)" : start
  }

  /// Not longer than a line or two, for what is no text of a target.
  var clipped: String {
    let limit = 400
    return utf8.count > limit ? "\(prefix(limit))… (\(utf8.count) bytes)" : self
  }

  /// With `\uXXXX` replaced by its character, also where two of them make one.
  var unescaped: String {
    var units: [UInt16] = []
    var rest = Array(utf16)[...]
    while let unit = rest.first {
      let digits = rest.dropFirst(2).prefix(4)
      if unit == 0x5C, rest.dropFirst().first == 0x75, digits.count == 4,
        let value = UInt16(String(decoding: digits, as: UTF16.self), radix: 16), value > 0x7F
      {
        units.append(value)
        rest = rest.dropFirst(6)
      } else {
        units.append(unit)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: units, as: UTF16.self)
  }
}
