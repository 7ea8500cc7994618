import WireFormats

/// The exchanges of a plan as the hot loop reads them: plain memory, shared by all threads and connections.
final class CompiledLoad: @unchecked Sendable {
  struct Exchange {
    /// Everything before the file, or the whole request.
    var head: UnsafeRawBufferPointer
    var file: Int32
    var fileBytes: Int
    var tail: UnsafeRawBufferPointer
    var isHead: Bool
    /// The request says that the connection ends after it.
    var isLast = false
    var status: Int
    /// Nil where it is not looked at.
    var expectedHead: HeadVerifier?
    var body: UnsafeBufferPointer<BodyVerifier.Piece>
    /// What is right just as well.
    var otherBody: UnsafeBufferPointer<BodyVerifier.Piece>?
    /// The expected events where the body is a stream of them.
    var events: UnsafeBufferPointer<EventVerifier.Expected>?
    var timesChunks = true
    /// The length of the expected body, where it may be relied on to know how much of a chunked body is to come.
    var expectedBytes: UInt64?

    @inline(__always)
    var byteCount: Int { head.count + fileBytes + tail.count }
  }

  private(set) var exchanges = UnsafeBufferPointer<Exchange>(start: nil, count: 0)
  private var allocations: [UnsafeMutableRawPointer] = []
  /// Open for as long as they are sent from.
  private var files: [BodyFile] = []

  init(_ work: Work, endpoint: Endpoint) {
    switch work {
    case .http(let sources):
      files = sources.compactMap { if case .file(let file, _, _) = $0.request.body { file } else { nil } }
      exchanges = keep(sources.map { compile($0, endpoint) })
    case .webSocket(let script):
      exchanges = keep(script.messages.map(compile))
    }
  }

  deinit {
    for allocation in allocations { allocation.deallocate() }
  }

  /// The head of a message is its payload: frame and mask are made for each sending.
  private func compile(_ message: WebSocketExchange) -> Exchange {
    Exchange(
      head: keep(message.text), file: -1, fileBytes: 0, tail: keep([]), isHead: false, status: 101,
      body: keep(pieces(of: message.answer)), otherBody: message.otherAnswer.map { keep(pieces(of: $0)) }, events: nil)
  }

  private func compile(_ source: HTTPExchange, _ endpoint: Endpoint) -> Exchange {
    var head = source.request.head(to: endpoint)
    var tail: [UInt8] = []
    var file: BodyFile?
    switch source.request.body {
    case .none: break
    case .bytes(let bytes): head += bytes
    case .file(let body, let before, let after):
      head += before
      tail = after
      file = body
    }
    let expectation = source.expectation
    if let other = expectation.otherBody {
      precondition(
        events(of: expectation.body) == nil && events(of: other) == nil, "a stream of events has no other right body")
    }
    return Exchange(
      head: keep(head), file: file?.descriptor ?? -1, fileBytes: file?.byteCount ?? 0, tail: keep(tail),
      isHead: source.request.method == "HEAD", isLast: source.request.endsConnection, status: expectation.status,
      expectedHead: expectation.head.map(compile), body: keep(pieces(of: expectation.body)),
      otherBody: expectation.otherBody.map { keep(pieces(of: $0)) }, events: events(of: expectation.body),
      timesChunks: source.timesChunks, expectedBytes: source.timesChunks ? nil : length(of: expectation))
  }

  private func compile(_ head: HeadExpectation) -> HeadVerifier {
    HeadVerifier(type: keep(Array(head.type.name.utf8)), charset: head.type.charset, framing: head.framing)
  }

  private func length(of expectation: Expectation) -> UInt64? {
    guard expectation.otherBody == nil, case .exactly(let bytes) = expectation.body else { return nil }
    return UInt64(bytes.count)
  }

  private func pieces(of body: BodyExpectation) -> [BodyVerifier.Piece] {
    switch body {
    case .anything: [.init(kind: .anything, bytes: keep([]))]
    case .exactly(let bytes): bytes.isEmpty ? [] : [.init(kind: .literal, bytes: keep(bytes))]
    case .json(let bytes): [.init(kind: .json, bytes: keep(withoutJSONSpace(bytes)))]
    case .pattern(let pieces): pieces.compactMap(piece)
    case .events: []
    }
  }

  private func events(of body: BodyExpectation) -> UnsafeBufferPointer<EventVerifier.Expected>? {
    guard case .events(let events) = body else { return nil }
    return keep(
      events.map { event in
        EventVerifier.Expected(
          id: keep(Array(event.id.utf8)), type: keep(Array(event.type.utf8)), data: keep(Array(event.data.utf8)))
      })
  }

  private func piece(_ piece: BodyPiece) -> BodyVerifier.Piece? {
    switch piece {
    case .literal(let bytes): bytes.isEmpty ? nil : .init(kind: .literal, bytes: keep(bytes))
    case .digits: .init(kind: .digits, bytes: keep([]))
    }
  }

  private func keep(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
    let kept: UnsafeBufferPointer<UInt8> = keep(bytes)
    return UnsafeRawBufferPointer(kept)
  }

  private func keep<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafeBufferPointer<Value> {
    let memory = UnsafeMutableBufferPointer<Value>.allocate(capacity: max(values.count, 1))
    allocations.append(UnsafeMutableRawPointer(memory.baseAddress!))
    _ = memory.initialize(from: values)
    return UnsafeBufferPointer(start: memory.baseAddress, count: values.count)
  }
}
