import Glibc
import WireFormats

/// Compares a stream of server-sent events with the expected ones while it arrives.
struct EventVerifier: Sendable {
  struct Expected {
    var id: UnsafeRawBufferPointer
    var type: UnsafeRawBufferPointer
    var data: UnsafeRawBufferPointer
  }

  /// What is wrong, nil while all is as expected.
  private(set) var mismatch: String?
  /// Events received so far.
  private(set) var count = 0
  /// Whether each chunk so far was one event.
  private(set) var isOneInEachChunk = true

  private var parser = ServerSentEventParser()

  mutating func begin() {
    parser.reset()
    mismatch = nil
    count = 0
    isOneInEachChunk = true
  }

  mutating func consume(_ bytes: UnsafeRawBufferPointer, expecting events: UnsafeBufferPointer<Expected>) {
    guard mismatch == nil else { return }
    var input = bytes
    do throws(EventStreamViolation) {
      while try parser.next(&input) {
        if count >= events.count || !isEvent(events[count]) {
          mismatch = "event \(count + 1) is not the expected one"
          return
        }
        count += 1
      }
    } catch {
      mismatch = "\(error)"
    }
  }

  /// Tells that what was consumed last ended the chunk of this number, counted from 1.
  mutating func endChunk(_ number: Int) {
    if count != number || parser.hasIncompleteEvent { isOneInEachChunk = false }
  }

  /// Whether the stream that has now ended was all that was expected.
  mutating func isSatisfied(expecting events: UnsafeBufferPointer<Expected>) -> Bool {
    if mismatch == nil, parser.hasIncompleteEvent { mismatch = "the stream ends in the middle of an event" }
    if mismatch == nil, count != events.count { mismatch = "\(count) events, expected \(events.count)" }
    return mismatch == nil
  }

  private func isEvent(_ expected: Expected) -> Bool {
    guard same(parser.lastEventID, expected.id), same(parser.type, expected.type) else { return false }
    return same(parser.data, expected.data)
      || withoutJSONSpace(parser.data) == withoutJSONSpace(Array(expected.data))
  }

  private func same(_ bytes: [UInt8], _ expected: UnsafeRawBufferPointer) -> Bool {
    bytes.count == expected.count
      && bytes.withUnsafeBytes { bytes in
        bytes.isEmpty || memcmp(bytes.baseAddress!, expected.baseAddress!, bytes.count) == 0
      }
  }
}
