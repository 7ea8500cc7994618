import Foundation

/// A message of the form `{"event":…,"data":…}`. The suite's servers answer it with its data.
enum EchoEnvelope {
  /// The bytes of the data as they stand in the message; nil where the message is anything else.
  static func data(of message: [UInt8]) -> [UInt8]? {
    // From here on it is known to be JSON, so that no more than strings and brackets have to be told apart.
    guard (try? JSONSerialization.jsonObject(with: Data(message))) is [String: Any] else { return nil }
    let members = members(of: message)
    guard members.count == 2, members.contains(where: { $0.name == "event" }) else { return nil }
    return members.first { $0.name == "data" }?.value
  }

  /// The members of a JSON object, the values as they stand there, white space around them included.
  private static func members(of object: [UInt8]) -> [(name: String, value: [UInt8])] {
    var members: [(name: String, value: [UInt8])] = []
    var (depth, isInString, isEscaped) = (0, false, false)
    var (name, part) = ([UInt8](), [UInt8]())
    for byte in object {
      if isInString {
        part.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else {
          isInString = byte != UInt8(ascii: "\"")
        }
        continue
      }
      let isClosing = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
      if isClosing { depth -= 1 }
      switch byte {
      case UInt8(ascii: ":") where depth == 1 && name.isEmpty:
        (name, part) = (part, [])
      case UInt8(ascii: ",") where depth == 1, UInt8(ascii: "}") where depth == 0:
        if !name.isEmpty { members.append((unquoted(name), part)) }
        (name, part) = ([], [])
      default:
        if depth > 0 { part.append(byte) }
      }
      if byte == UInt8(ascii: "\"") { isInString = true }
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
    }
    return members
  }

  /// The name between its quotation marks. One that is spelled with escapes is another one to us.
  private static func unquoted(_ name: [UInt8]) -> String {
    String(decoding: name, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      .trimmingCharacters(in: ["\""])
  }
}
