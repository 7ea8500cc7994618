import Foundation

/// One line on a terminal that is written over and over.
public final class TerminalLine: Sendable {
  private let descriptor: Int32

  package init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// The terminal that a person looks at: our own standard error, or what our parent writes to where we write into its
  /// pipe, as tests do under `swift test`. Nil where neither is a terminal, or the terminal cannot move its cursor.
  public static func find() -> TerminalLine? {
    guard ProcessInfo.processInfo.environment["TERM"] != "dumb" else { return nil }
    if isatty(STDERR_FILENO) == 1 { return TerminalLine(descriptor: STDERR_FILENO) }
    let descriptor = open("/proc/\(getppid())/fd/1", O_WRONLY | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard isatty(descriptor) == 1 else {
      close(descriptor)
      return nil
    }
    return TerminalLine(descriptor: descriptor)
  }

  /// Shows `text`, cut to the terminal's width, and leaves the cursor at the beginning: what others print covers it.
  package func show(_ text: String) {
    let room = width - 1
    write("\r\u{1B}[K\(text.count > room ? text.prefix(room - 1) + "…" : text[...])\r")
  }

  package func erase() {
    write("\r\u{1B}[K")
  }

  private var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
    return Int(size.ws_col)
  }

  /// What does not go out is no loss: the next one follows.
  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Foundation.write(descriptor, bytes, bytes.count)
  }
}
