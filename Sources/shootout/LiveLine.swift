@preconcurrency import Foundation
import LoadEngine

/// The running figure of a load on standard error: one line that changes on a terminal, nothing elsewhere.
final class LiveLine {
  private let timer: DispatchSourceTimer?

  init(monitor: LoadMonitor) {
    guard isatty(STDERR_FILENO) == 1 else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "live line"))
    let started = Instant.now()
    nonisolated(unsafe) var before = (verified: 0, instant: started)
    timer.setEventHandler {
      let now = Instant.now()
      let seconds = Double(now.nanoseconds(since: before.instant)) * 1e-9
      let rate = Double(monitor.verified - before.verified) / max(seconds, 0.001)
      before = (monitor.verified, now)
      let elapsed = Int(now.nanoseconds(since: started) / 1_000_000_000)
      fputs("\r\(elapsed) s   \(Int(rate)) verified/s   \(monitor.failed) failed\u{1B}[K", stderr)
    }
    timer.schedule(deadline: .now() + 1, repeating: 1)
    timer.resume()
    self.timer = timer
  }

  func end() {
    guard let timer else { return }
    timer.cancel()
    fputs("\r\u{1B}[K", stderr)
  }
}

/// Calls back on Ctrl-C, and twice at the most: the next one ends the process.
///
/// One is all that a process may have: Dispatch installs its handler of a signal once, and `signal` takes it away for good,
/// so that a second source hears nothing.
final class InterruptHandler {
  private let sources: [(number: Int32, source: DispatchSourceSignal)]

  init(_ handle: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      nonisolated(unsafe) var left = 2
      let source = DispatchSource.makeSignalSource(signal: number, queue: DispatchQueue(label: "interrupt"))
      source.setEventHandler {
        handle()
        left -= 1
        if left == 0 { signal(number, SIG_DFL) }
      }
      source.resume()
      return (number, source)
    }
  }

  func end() {
    for (number, source) in sources {
      source.cancel()
      signal(number, SIG_DFL)
    }
  }
}
