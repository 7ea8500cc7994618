import BenchSupport
import Foundation
import LoadEngine

/// What `shootout load` sends and what it takes for right, from its arguments.
enum LoadRequest {
  /// The messages of a WebSocket, none for HTTP. The right answer is the text itself, as JSON: an echo.
  static func messages(_ arguments: inout Arguments) throws -> [WebSocketExchange] {
    let isWebSocket = arguments.flag("--websocket")
    let texts = try arguments.options("--message")
    guard isWebSocket || texts.isEmpty else { throw UsageError("--message goes with --websocket") }
    guard isWebSocket else { return [] }
    return (texts.isEmpty ? [#"{"event":"echo","data":{"n":1}}"#] : texts).map { text in
      let message = Array(text.utf8)
      return WebSocketExchange(message, expecting: .json(echo(of: message)))
    }
  }

  /// The data of an `{"event":…,"data":…}` envelope, which is what such an echo answers; any other text is its own.
  private static func echo(of message: [UInt8]) -> [UInt8] {
    guard let object = try? JSONSerialization.jsonObject(with: Data(message)) as? [String: Any],
      object.keys.sorted() == ["data", "event"], let data = object["data"],
      let bytes = try? JSONSerialization.data(
        withJSONObject: data, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
    else { return message }
    return Array(bytes)
  }

  /// What the options say of the request and of the right answer. The target is filled in later.
  static func exchange(_ arguments: inout Arguments) throws -> HTTPExchange {
    var fields = try arguments.options("--header").map(field)
    var body = HTTPBody.none
    if let path = try arguments.option("--body") { body = .bytes(try contents(path, of: "--body")) }
    if let upload = try arguments.option("--upload") {
      guard body.isEmpty else { throw UsageError("--body and --upload exclude each other") }
      guard let sign = upload.firstIndex(of: "="), sign > upload.startIndex else {
        throw UsageError("--upload '\(upload)' is not FIELD=FILE")
      }
      let file = try usage { try BodyFile(path: String(upload[upload.index(after: sign)...])) }
      let multipart = HTTPBody.multipart(field: String(upload[..<sign]), file: file)
      body = multipart.body
      fields.append(multipart.contentType)
    }
    let method = try arguments.option("--method") ?? (body.isEmpty ? "GET" : "POST")
    guard !method.isEmpty, method.allSatisfy({ $0.isASCII && $0.isLetter }) else {
      throw UsageError("--method '\(method)' is not a method; right would be GET, POST, …")
    }
    let status = try arguments.number("--expect-status") ?? 200
    guard (200...599).contains(status) else {
      throw UsageError("--expect-status \(status) is not the status of an answer; right would be 200 to 599")
    }
    var expected = BodyExpectation.anything
    if let path = try arguments.option("--expect-body") { expected = .exactly(try contents(path, of: "--expect-body")) }
    var exchange = HTTPExchange(
      HTTPRequest(method.uppercased(), "/", fields: fields, body: body),
      expecting: Expectation(status: status, body: expected))
    if arguments.flag("--no-chunk-times") {
      guard expected != .anything else {
        throw UsageError(
          "--no-chunk-times goes with --expect-body: only a body that is known tells how much is to come")
      }
      exchange.timesChunks = false
    }
    return exchange
  }

  private static func field(_ text: String) throws -> HTTPField {
    guard let colon = text.firstIndex(of: ":"), colon > text.startIndex, !text.contains(where: \.isNewline) else {
      throw UsageError("--header '\(text)' is not 'name: value'")
    }
    let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    return HTTPField(String(text[..<colon]), value)
  }

  private static func contents(_ path: String, of option: String) throws -> [UInt8] {
    try InputFile(path: path, option: option).contents()
  }
}

extension HTTPBody {
  fileprivate var isEmpty: Bool {
    switch self {
    case .none: true
    case .bytes, .file: false
    }
  }
}
