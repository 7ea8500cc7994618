/// Takes an event stream apart into events.
///
/// Bytes may arrive cut anywhere, and lines may end in LF, CR or CRLF. A line that lies in the input in one piece is
/// read where it lies. Memory: one line and the data of one event, each up to its limit; the buffers are reused, so
/// that events cost no allocation. An event that the end of the stream cuts off is never reported.
/// Source: WHATWG HTML, sections 9.2.5 and 9.2.6. Unlike a browser, the parser refuses bytes that are not UTF-8.
public struct ServerSentEventParser: Sendable {
  /// The data of the complete event: its lines, joined by line feeds.
  public private(set) var data: [UInt8] = []
  /// The type of the complete event; `message` where the stream named none.
  public private(set) var type: [UInt8] = []
  /// The ID that the stream set last, in this event or an earlier one; empty where it never did.
  public private(set) var lastEventID: [UInt8] = []

  private let maximumLineBytes: Int
  private let maximumEventBytes: Int
  private var line: [UInt8] = []
  private var validator = UTF8Validator()
  private var isFirstLine = true
  private var lastEndedInCarriageReturn = false
  private var hasData = false
  private var isComplete = false
  private var failure: EventStreamViolation?

  public init(maximumLineBytes: Int = 1024 * 1024, maximumEventBytes: Int = 1024 * 1024) {
    precondition(maximumLineBytes > 0 && maximumEventBytes > 0, "a limit is positive")
    self.maximumLineBytes = maximumLineBytes
    self.maximumEventBytes = maximumEventBytes
  }

  /// True where the bytes so far end in the middle of a line or of an event, which is lost if the stream ends here.
  public var hasIncompleteEvent: Bool {
    !line.isEmpty || (!isComplete && (hasData || !type.isEmpty))
  }

  /// Forgets everything, for the start of another stream; memory is kept.
  public mutating func reset() {
    clearEvent()
    lastEventID.removeAll(keepingCapacity: true)
    line.removeAll(keepingCapacity: true)
    validator = UTF8Validator()
    isFirstLine = true
    lastEndedInCarriageReturn = false
    failure = nil
  }

  /// Advances `input` past the next event; false when all input is consumed and no event is complete.
  ///
  /// After true, ``type``, ``data`` and ``lastEventID`` are those of the event until the next call. After a violation
  /// every further call throws the same, until ``reset()``.
  public mutating func next(_ input: inout UnsafeRawBufferPointer) throws(EventStreamViolation) -> Bool {
    if let failure { throw failure }
    if isComplete { clearEvent() }
    do throws(EventStreamViolation) {
      while try completeLine(&input) {
        if isComplete { return true }
      }
      return false
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func clearEvent() {
    data.removeAll(keepingCapacity: true)
    type.removeAll(keepingCapacity: true)
    hasData = false
    isComplete = false
  }

  // MARK: - Lines

  /// Advances `input` past the next end of a line and reads that line; false when the input ends before.
  @inline(__always)
  private mutating func completeLine(_ input: inout UnsafeRawBufferPointer) throws(EventStreamViolation) -> Bool {
    if lastEndedInCarriageReturn, let byte = input.first {
      lastEndedInCarriageReturn = false
      if byte == UInt8(ascii: "\n") { input = Self.dropping(1, from: input) }
    }
    guard let base = input.baseAddress, input.count > 0 else { return false }
    let (length, isASCII) = Self.lineLength(base, count: input.count)
    let piece = UnsafeRawBufferPointer(start: base, count: length)
    guard length <= maximumLineBytes - line.count else { throw overlongLine(piece) }
    if !isASCII || !validator.isComplete, !validator.accepts(piece) { throw .invalidUTF8 }
    guard length < input.count else {
      line.append(contentsOf: piece)
      input = Self.dropping(length, from: input)
      return false
    }
    lastEndedInCarriageReturn = base.load(fromByteOffset: length, as: UInt8.self) == UInt8(ascii: "\r")
    input = Self.dropping(length + 1, from: input)
    guard validator.isComplete else { throw .invalidUTF8 }
    if line.isEmpty {
      try readLine(piece)
    } else {
      line.append(contentsOf: piece)
      try readCollectedLine()
    }
    return true
  }

  /// What is wrong first in a line that passes its limit: the same, wherever the line was cut.
  private mutating func overlongLine(_ piece: UnsafeRawBufferPointer) -> EventStreamViolation {
    let room = UnsafeRawBufferPointer(rebasing: piece.prefix(maximumLineBytes - line.count))
    return validator.accepts(room) ? .lineTooLong(limit: maximumLineBytes) : .invalidUTF8
  }

  private mutating func readCollectedLine() throws(EventStreamViolation) {
    var collected = line
    line = []
    try collected.withUnsafeBufferPointer { (bytes) throws(EventStreamViolation) in
      try readLine(UnsafeRawBufferPointer(bytes))
    }
    collected.removeAll(keepingCapacity: true)
    line = consume collected
  }

  /// The offset of the first CR or LF, or `count`, and whether all bytes up to there are surely ASCII.
  @inline(__always)
  private static func lineLength(_ base: UnsafeRawPointer, count: Int) -> (length: Int, isASCII: Bool) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highBits: UInt64 = 0x8080_8080_8080_8080
    var seen: UInt64 = 0
    var offset = 0
    while offset &+ 8 <= count {
      let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let lineFeeds = word ^ (ones &* 0x0a)
      let carriageReturns = word ^ (ones &* 0x0d)
      // The lowest bit that is left marks the first byte that became zero; only bits above it can be wrong.
      let ends = (((lineFeeds &- ones) & ~lineFeeds) | ((carriageReturns &- ones) & ~carriageReturns)) & highBits
      seen |= word
      if ends != 0 { return (offset &+ ends.trailingZeroBitCount / 8, seen & highBits == 0) }
      offset &+= 8
    }
    while offset < count {
      let byte = base.load(fromByteOffset: offset, as: UInt8.self)
      if byte == 0x0a || byte == 0x0d { break }
      seen |= UInt64(byte)
      offset &+= 1
    }
    return (offset, seen & highBits == 0)
  }

  @inline(__always)
  private static func dropping(_ count: Int, from bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let base = bytes.baseAddress else { return bytes }
    return UnsafeRawBufferPointer(start: base + count, count: bytes.count &- count)
  }

  // MARK: - Fields

  private mutating func readLine(_ whole: UnsafeRawBufferPointer) throws(EventStreamViolation) {
    var line = whole
    if isFirstLine {
      isFirstLine = false
      if whole.starts(with: [0xef, 0xbb, 0xbf]) { line = Self.dropping(3, from: whole) }
    }
    guard line.count > 0 else { return endEvent() }
    var nameLength = 0
    while nameLength < line.count, line[nameLength] != UInt8(ascii: ":") { nameLength &+= 1 }
    guard nameLength > 0 else { return }  // a comment
    var value = Self.dropping(min(nameLength &+ 1, line.count), from: line)
    if value.first == UInt8(ascii: " ") { value = Self.dropping(1, from: value) }
    try readField(UnsafeRawBufferPointer(start: line.baseAddress, count: nameLength), value)
  }

  /// A field with another name than these three is ignored: `retry`, too, as nobody connects again.
  @inline(__always)
  private mutating func readField(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(EventStreamViolation) {
    if Self.equal(name, "data") {
      let separator = hasData ? 1 : 0
      guard value.count + separator <= maximumEventBytes - data.count else {
        throw .eventTooLong(limit: maximumEventBytes)
      }
      if hasData { data.append(UInt8(ascii: "\n")) }
      data.append(contentsOf: value)
      hasData = true
    } else if Self.equal(name, "event") {
      if !type.isEmpty { type.removeAll(keepingCapacity: true) }
      type.append(contentsOf: value)
    } else if Self.equal(name, "id") {
      guard !value.contains(0) else { return }
      lastEventID.removeAll(keepingCapacity: true)
      lastEventID.append(contentsOf: value)
    }
  }

  /// A blank line: an event without any line of data is dropped, with its type.
  @inline(__always)
  private mutating func endEvent() {
    guard hasData else {
      type.removeAll(keepingCapacity: true)
      return
    }
    if type.isEmpty {
      for byte in "message".utf8 { type.append(byte) }
    }
    isComplete = true
  }

  @inline(__always)
  private static func equal(_ name: UnsafeRawBufferPointer, _ literal: StaticString) -> Bool {
    guard name.count == literal.utf8CodeUnitCount else { return false }
    for index in 0..<name.count where name[index] != literal.utf8Start[index] { return false }
    return true
  }
}
