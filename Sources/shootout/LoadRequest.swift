import BenchSupport
import Foundation
import LoadEngine
import Text
import WireFormats

/// What `shootout load` sends and what it takes for right, from its arguments.
struct LoadRequest {
  private let work: Work
  private let hasAuthorization: Bool

  init(_ arguments: inout Arguments) throws {
    let isWebSocket = arguments.flag("--websocket")
    let headers = try LoadHeaders(arguments.options("--header"))
    hasAuthorization = headers.has("authorization")
    work =
      isWebSocket
      ? .webSocket(try LoadRequest.script(&arguments, headers)) : .http([try LoadRequest.exchange(&arguments, headers)])
  }

  /// The work at a URL. Its user name and password are sent where no `Authorization` was given, as curl does.
  func work(at url: HTTPURL) -> Work {
    let login = hasAuthorization ? [] : [url.authorization].compactMap { $0 }
    switch work {
    case .http(var exchanges):
      for index in exchanges.indices {
        exchanges[index].request.target = url.target
        exchanges[index].request.fields += login
      }
      return .http(exchanges)
    case .webSocket(var script):
      script.target = url.target
      script.fields += login
      return .webSocket(script)
    }
  }

  // MARK: - WebSocket

  private static let meaningless = ["--method", "--body", "--upload", "--expect-status"]

  private static func script(_ arguments: inout Arguments, _ headers: LoadHeaders) throws -> WebSocketScript {
    for option in meaningless where try arguments.option(option) != nil {
      throw UsageError(
        "\(option) makes no sense with --websocket: its handshake is always a GET without a body that 101 answers; right"
          + " would be --message, --header or --expect-body")
    }
    guard !arguments.flag("--no-chunk-times") else {
      throw UsageError("--no-chunk-times makes no sense with --websocket: a message has no chunks; leave it out")
    }
    let texts = try arguments.options("--message")
    let answer = try arguments.option("--expect-body").map { try contents($0, of: "--expect-body") }
    let messages = (texts.isEmpty ? [#"{"event":"echo","data":{"n":1}}"#] : texts).map { text in
      let message = Array(text.utf8)
      if let answer { return WebSocketExchange(message, expecting: .exactly(answer)) }
      guard let data = EchoEnvelope.data(of: message) else {
        return WebSocketExchange(message, expecting: .exactly(message))
      }
      var exchange = WebSocketExchange(message, expecting: .json(data))
      exchange.otherAnswer = .exactly(message)
      return exchange
    }
    var script = WebSocketScript(target: "/", messages: messages)
    script.fields = try headers.ofHandshake()
    return script
  }

  // MARK: - HTTP

  /// What the options say of the request and of the right answer. The target is filled in later.
  private static func exchange(_ arguments: inout Arguments, _ headers: LoadHeaders) throws -> HTTPExchange {
    guard try arguments.options("--message").isEmpty else { throw UsageError("--message goes with --websocket") }
    var body = HTTPBody.none
    if let path = try arguments.option("--body") { body = .bytes(try contents(path, of: "--body")) }
    var contentType: HTTPField?
    let uploads = try arguments.options("--upload")
    guard uploads.count < 2 else {
      throw UsageError("--upload is given \(uploads.count) times; right would be one file")
    }
    if let upload = uploads.first {
      guard body.isEmpty else { throw UsageError("--body and --upload exclude each other") }
      guard let sign = upload.firstIndex(of: "="), sign > upload.startIndex else {
        throw UsageError("--upload '\(upload)' is not FIELD=FILE")
      }
      let file: BodyFile
      do { file = try BodyFile(path: String(upload[upload.index(after: sign)...])) } catch {
        throw UsageError("--upload: \(error)")
      }
      let multipart = HTTPBody.multipart(field: String(upload[..<sign]), file: file)
      body = multipart.body
      contentType = multipart.contentType
    }
    let fields = try headers.ofRequest(hasBody: !body.isEmpty, contentType: contentType)
    let method = try method(arguments.option("--method") ?? (body.isEmpty ? "GET" : "POST"))
    guard method != "TRACE" || body.isEmpty else {
      throw UsageError("--method TRACE never has a body; right would be --method POST, or no --body and no --upload")
    }
    let expectation = try expectation(&arguments, method: method)
    var exchange = HTTPExchange(HTTPRequest(method, "/", fields: fields, body: body), expecting: expectation)
    if arguments.flag("--no-chunk-times") {
      guard expectation.body != .anything else {
        throw UsageError(
          "--no-chunk-times goes with --expect-body: only a body that is known tells how much is to come")
      }
      exchange.timesChunks = false
    }
    return exchange
  }

  /// Methods are case-sensitive (RFC 9110, section 9.1), and are sent as they are given. Only the usual ones are known in
  /// any case.
  private static let usualMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"]

  private static func method(_ text: String) throws(UsageError) -> String {
    guard isToken(text) else {
      throw UsageError(
        "--method '\(text.escapingControls)' is not a method; right would be GET, POST or another word without blanks")
    }
    let method = usualMethods.contains(text.uppercased()) ? text.uppercased() : text
    guard method != "CONNECT" else {
      throw UsageError(
        "--method CONNECT opens a tunnel, in which nothing could be verified; right would be GET, POST, …")
    }
    return method
  }

  private static func expectation(_ arguments: inout Arguments, method: String) throws -> Expectation {
    let status = try arguments.number("--expect-status", such: 200) ?? 200
    guard (200...599).contains(status) else {
      throw UsageError("--expect-status \(status) is not the status of an answer; right would be 200 to 599")
    }
    guard let path = try arguments.option("--expect-body") else { return Expectation(status: status, body: .anything) }
    let bytes = try contents(path, of: "--expect-body")
    let bodiless = method == "HEAD" ? "the answer to HEAD" : [204, 304].contains(status) ? "a \(status)" : nil
    if let bodiless, !bytes.isEmpty {
      throw UsageError(
        "--expect-body '\(path)' has \(bytes.count) bytes, and \(bodiless) never has a body; leave it out")
    }
    return Expectation(status: status, body: .exactly(bytes))
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
