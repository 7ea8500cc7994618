import CLinux
import Glibc

/// What the calling thread has used so far.
struct ThreadUsage {
  var user = 0.0
  var system = 0.0
  /// Seconds ready to run without a processor; nil where the kernel does not tell.
  var waited: Double?

  /// Sources: `getrusage(RUSAGE_THREAD)`; the second number of `/proc/thread-self/schedstat`.
  static func now() -> ThreadUsage {
    var usage = ThreadUsage()
    var time = clinux_cpu_time()
    if clinux_thread_cpu_time(&time) == 0 {
      usage.user = Double(time.user_ns) * 1e-9
      usage.system = Double(time.system_ns) * 1e-9
    }
    usage.waited = waitedSeconds()
    return usage
  }

  private static func waitedSeconds() -> Double? {
    let file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 128)
    let count = read(file, &text, text.count)
    guard count > 0 else { return nil }
    let numbers = String(decoding: text[..<count], as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard numbers.count >= 2, let nanoseconds = UInt64(numbers[1]) else { return nil }
    return Double(nanoseconds) * 1e-9
  }

  func figures(since start: ThreadUsage, window: Duration) -> GeneratorFigures {
    var figures = GeneratorFigures()
    figures.userSeconds = user - start.user
    figures.systemSeconds = system - start.system
    if let waited, let before = start.waited { figures.waitedSeconds = waited - before }
    let wanted = figures.userSeconds + figures.systemSeconds + (figures.waitedSeconds ?? 0)
    figures.busiestThread = window > .zero ? wanted / window.inSeconds : 0
    return figures
  }
}
