import BenchSupport
import Foundation
import LoadEngine
import Text
import WireFormats

/// What `shootout load` sends and what it takes for right.
struct LoadRequest: OptionGroup {
  @Option(
    "--method", "M", .text(.words(["GET", "POST", "PUT", "DELETE", "HEAD"])),
    "any word (GET, or POST where there is a body)")
  private var method: String?
  @Option("--header", "'K: V'", "also for the handshake of --websocket") private var header: [String]
  @Option("--body", "FILE", .input, "the body of the request") private var body: InputFile?
  @Option("--upload", "FIELD=FILE", .upload, "the file as multipart/form-data", once: "one file")
  private var upload: Upload?
  @Option("--websocket", "text messages and their answers instead of requests") private var isWebSocket: Bool
  @Option("--message", "TEXT", "with --websocket: what is sent") private var messages: [String]
  @Option("--expect-status", "N", .number(such: 200), "what counts as right (200)") private var expectStatus: Int?
  @Option("--expect-body", "FILE", .input, "verify every byte of every body or message")
  private var expectBody: InputFile?
  @Option("--no-chunk-times", "with --expect-body: time a chunked body as a whole") private var hasNoChunkTimes: Bool

  fileprivate struct Upload {
    var field: String
    var file: InputFile
  }

  /// The work at a URL. Its user name and password are sent where no `Authorization` was given, as curl does.
  func work(at url: HTTPURL) throws -> Work {
    try requireOneReader()
    let headers = try LoadHeaders(header)
    let login = headers.has("authorization") ? [] : [url.authorization].compactMap(\.self)
    if isWebSocket {
      var script = WebSocketScript(target: url.target, messages: try exchanges())
      script.fields = try headers.ofHandshake() + login
      return .webSocket(script)
    }
    var exchange = try exchange(headers)
    exchange.request.target = url.target
    exchange.request.fields += login
    return .http([exchange])
  }

  /// The standard input can be read once.
  private func requireOneReader() throws(UsageError) {
    let readers = [body, upload?.file, expectBody].compactMap(\.self).filter(\.isStandardInput).map(\.option)
    guard readers.count < 2 else {
      throw UsageError(
        "\(readers.joined(separator: " and ")) cannot both be the standard input; right would be a file for one of them"
      )
    }
  }

  // MARK: - WebSocket

  private func exchanges() throws(UsageError) -> [WebSocketExchange] {
    let meaningless = [
      ("--method", method != nil), ("--body", body != nil), ("--upload", upload != nil),
      ("--expect-status", expectStatus != nil),
    ]
    if let (option, _) = meaningless.first(where: \.1) {
      throw UsageError(
        "\(option) makes no sense with --websocket: its handshake is always a GET without a body that 101 answers; right"
          + " would be --message, --header or --expect-body")
    }
    guard !hasNoChunkTimes else {
      throw UsageError("--no-chunk-times makes no sense with --websocket: a message has no chunks; leave it out")
    }
    let answer = try expectBody?.contents()
    return (messages.isEmpty ? [#"{"event":"echo","data":{"n":1}}"#] : messages).map { text in
      let message = Array(text.utf8)
      if let answer { return WebSocketExchange(message, expecting: .exactly(answer)) }
      guard let data = EchoEnvelope.data(of: message) else {
        return WebSocketExchange(message, expecting: .exactly(message))
      }
      var exchange = WebSocketExchange(message, expecting: .json(data))
      exchange.otherAnswer = .exactly(message)
      return exchange
    }
  }

  // MARK: - HTTP

  private func file(of upload: Upload) throws(UsageError) -> BodyFile {
    do throws(SystemError) { return try BodyFile(path: upload.file.path) } catch {
      throw UsageError("--upload: '\(upload.file.path)' cannot be read: \(String(cString: strerror(error.code)))")
    }
  }

  /// What the options say of the request and of the right answer, at `/`.
  private func exchange(_ headers: LoadHeaders) throws -> HTTPExchange {
    guard messages.isEmpty else { throw UsageError("--message goes with --websocket") }
    guard body == nil || upload == nil else { throw UsageError("--body and --upload exclude each other") }
    let hasBody = body != nil || upload != nil
    var (content, contentType) = (HTTPBody.none, HTTPField?.none)
    if let body { content = .bytes(try body.contents()) }
    if let upload {
      let file = try self.file(of: upload)
      (content, contentType) = HTTPBody.multipart(field: upload.field, file: file)
    }
    let fields = try headers.ofRequest(hasBody: hasBody, contentType: contentType)
    let method = try sentMethod(method ?? (hasBody ? "POST" : "GET"))
    guard method != "TRACE" || !hasBody else {
      throw UsageError("--method TRACE never has a body; right would be --method POST, or no --body and no --upload")
    }
    let expectation = try expectation(method)
    guard !hasNoChunkTimes || expectation.body != .anything else {
      throw UsageError("--no-chunk-times goes with --expect-body: only a body that is known tells how much is to come")
    }
    var exchange = HTTPExchange(HTTPRequest(method, "/", fields: fields, body: content), expecting: expectation)
    if hasNoChunkTimes { exchange.timesChunks = false }
    return exchange
  }

  private static let usualMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"]

  /// Methods are case-sensitive (RFC 9110, section 9.1), and are sent as they are given. Only the usual ones are known in
  /// any case.
  private func sentMethod(_ text: String) throws(UsageError) -> String {
    guard isToken(text) else {
      throw UsageError(
        "--method '\(text.escapingControls)' is not a method; right would be GET, POST or another word without blanks")
    }
    let method = Self.usualMethods.contains(text.uppercased()) ? text.uppercased() : text
    guard method != "CONNECT" else {
      throw UsageError(
        "--method CONNECT opens a tunnel, in which nothing could be verified; right would be GET, POST, …")
    }
    return method
  }

  private func expectation(_ method: String) throws(UsageError) -> Expectation {
    let status = expectStatus ?? 200
    guard (200...599).contains(status) else {
      throw UsageError("--expect-status \(status) is not the status of an answer; right would be 200 to 599")
    }
    guard let expectBody else { return Expectation(status: status, body: .anything) }
    let bytes = try expectBody.contents()
    let bodiless = method == "HEAD" ? "the answer to HEAD" : [204, 304].contains(status) ? "a \(status)" : nil
    if let bodiless, !bytes.isEmpty {
      throw UsageError(
        "--expect-body '\(expectBody.path)' has \(bytes.count) bytes, and \(bodiless) never has a body; leave it out")
    }
    return Expectation(status: status, body: .exactly(bytes))
  }
}

extension Parser<LoadRequest.Upload> {
  fileprivate static var upload: Parser {
    Parser { text, option throws(UsageError) in
      guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
        throw UsageError("\(option) '\(text)' is not FIELD=FILE")
      }
      let file = InputFile(path: String(text[text.index(after: sign)...]), option: option)
      return .init(field: String(text[..<sign]), file: file)
    }
  }
}
