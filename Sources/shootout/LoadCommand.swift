import BenchSupport
import Foundation
import LoadEngine

/// `shootout load`: the engine by hand, on one URL.
struct LoadCommand {
  private let plan: LoadPlan
  private let url: String
  private let json: String?

  init(_ words: Arguments) throws {
    var arguments = words
    let count = try arguments.number("--connections") ?? 50
    let threads = try arguments.number("--threads") ?? 1
    let window = try arguments.duration("--duration") ?? .seconds(10)
    let rampUp = try arguments.duration("--rampup")
    let warmUp = try arguments.duration("--warmup") ?? .zero
    let timeout = try arguments.duration("--timeout") ?? .seconds(10)
    let rate = try arguments.positive("--rate")
    let arrivals = arguments.flag("--poisson") ? Arrivals.poisson : .constant
    guard rate != nil || arrivals == .constant else {
      throw UsageError("--poisson goes with --rate, such as --rate 1000 --poisson")
    }
    let seed = try arguments.number("--seed") ?? 1
    json = try arguments.option("--json")
    let messages = try LoadCommand.messages(&arguments)
    var exchange = try LoadCommand.exchange(&arguments)
    let operands = try arguments.operands(known: Command.load.knownOptions)
    guard operands.count == 1, let url = operands.first else {
      throw UsageError(
        "shootout load takes one URL, and was given \(operands.count); such as http://127.0.0.1:8000/ping")
    }
    self.url = url
    let (endpoint, target) = try usage { try Endpoint.parse(url: url) }
    exchange.request.target = target
    let work: Work =
      messages.isEmpty
      ? .http([exchange])
      : .webSocket(WebSocketScript(target: target, messages: messages))
    var plan = LoadPlan(endpoint: endpoint, work: work)
    plan.connections = count
    plan.threads = threads
    plan.window = window
    plan.rampUp = rampUp
    plan.warmUp = warmUp
    plan.timeout = timeout
    plan.seed = UInt64(seed)
    if let rate { plan.pacing = .openLoop(perSecond: rate, arrivals: arrivals) }
    self.plan = plan
  }

  /// The messages of a WebSocket, none for HTTP. The right answer is the text itself, as JSON: an echo.
  private static func messages(_ arguments: inout Arguments) throws -> [WebSocketExchange] {
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
  private static func exchange(_ arguments: inout Arguments) throws -> HTTPExchange {
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
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UsageError("\(option): there is no readable file '\(path)'")
    }
    return Array(data)
  }

  func run() throws -> ExitCode {
    let monitor = LoadMonitor()
    let interrupt = InterruptHandler { monitor.cancel() }
    defer { interrupt.end() }
    let live = LiveLine(monitor: monitor)
    let result: LoadResult
    do throws(LoadPlanError) { result = try plan.run(monitor: monitor) } catch {
      live.end()
      if case .outOfRange = error { throw UsageError("\(error)") }
      throw error
    }
    live.end()
    let summary = LoadSummary(result, pacing: plan.pacing)
    if json == "-" {
      print(try summary.json())
    } else {
      print(summary.text(url: url, plan: plan))
      if let json { try summary.json().write(toFile: json, atomically: true, encoding: .utf8) }
    }
    if result.isCancelled { return .interrupted }
    return result.errors.total == 0 && result.measured.verified > 0 ? .success : .failed
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

extension Arguments {
  /// A whole number that is not negative.
  mutating func number(_ name: String) throws(UsageError) -> Int? {
    guard let text = try option(name) else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw UsageError("\(name) '\(text)' is not a whole number; right would be \(name) 50")
    }
    return number
  }

  mutating func positive(_ name: String) throws(UsageError) -> Double? {
    guard let text = try option(name) else { return nil }
    guard let number = Double(text), number > 0, number.isFinite else {
      throw UsageError("\(name) '\(text)' is not a number above zero; right would be \(name) 1000")
    }
    return number
  }

  mutating func duration(_ name: String) throws(UsageError) -> Duration? {
    guard let text = try option(name) else { return nil }
    return try shootout.duration(text, for: name)
  }
}

/// A mistake in what the user gave, whichever part noticed it.
func usage<Value, Failure>(_ body: () throws(Failure) -> Value) throws(UsageError) -> Value {
  do { return try body() } catch { throw UsageError("\(error)") }
}
