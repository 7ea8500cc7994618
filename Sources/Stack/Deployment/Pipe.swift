import CLinux
import Glibc

/// Both ends of a pipe(2). The reading end does not block. What is still open is closed with this value.
final class Pipe {
  private(set) var reading: Int32?
  private(set) var writing: Int32?

  static func make() throws(DeploymentError) -> Pipe {
    var descriptors: [Int32] = [0, 0]
    let failed = clinux_pipe(&descriptors)
    guard failed == 0 else { throw .system(call: "pipe2", errno: failed) }
    _ = fcntl(descriptors[0], F_SETFL, O_NONBLOCK)
    return Pipe(reading: descriptors[0], writing: descriptors[1])
  }

  private init(reading: Int32, writing: Int32) {
    self.reading = reading
    self.writing = writing
  }

  deinit {
    closeReading()
    closeWriting()
  }

  func closeReading() {
    if let reading { close(reading) }
    reading = nil
  }

  func closeWriting() {
    if let writing { close(writing) }
    writing = nil
  }

  /// Hands the writing end over: whoever takes it closes it.
  func takeWriting() -> Int32 {
    defer { writing = nil }
    return writing!
  }

  /// Takes what there is; bytes beyond the limit are read and forgotten. True at the end of the stream.
  func drain(into bytes: inout [UInt8], limit: Int) -> Bool {
    guard let reading else { return true }
    var buffer = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = read(reading, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return count == 0 }
      bytes.append(contentsOf: buffer[..<min(count, max(0, limit - bytes.count))])
    }
  }
}
