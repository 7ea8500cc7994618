import Foundation
import LoadEngine
import Results
import WireFormats

/// Has a probe look at a target while a load runs, on a thread of its own: as the window begins, and then now and then.
final class ProbeThread: @unchecked Sendable {
  private let probe: any WorkProbe
  private let endpoint: Endpoint
  private let monitor: LoadMonitor
  private let lock = NSLock()
  /// Signalled when the load is over: nothing wakes up in the window but to look.
  private let over = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private var isOver = false
  private var report = ProbeReport()

  /// So seldom that a load does not notice it.
  private static let pause = DispatchTimeInterval.milliseconds(500)
  private static let timeout = Duration.seconds(20)
  /// Who interrupts a run does not wait for a server that is silent.
  private static let patienceWhenCancelled = DispatchTimeInterval.milliseconds(500)

  init(_ probe: any WorkProbe, _ endpoint: Endpoint, _ monitor: LoadMonitor) {
    self.probe = probe
    self.endpoint = endpoint
    self.monitor = monitor
    Thread.detachNewThread { [self] in
      run()
      ended.signal()
    }
  }

  /// To be called when the load is over.
  func finish() -> ProbeReport {
    lock.withLock { isOver = true }
    over.signal()
    if monitor.isCancelled {
      _ = ended.wait(timeout: .now() + Self.patienceWhenCancelled)
    } else {
      ended.wait()
    }
    return lock.withLock { report }
  }

  private func run() {
    guard waitForWindow() else { return }
    repeat {
      guard look(.underLoad) else { break }
    } while over.wait(timeout: .now() + Self.pause) == .timedOut && !monitor.isWindowOver
    if probe.looksAfterLoad, !monitor.isCancelled, report.failure == nil { _ = look(.afterLoad) }
    do { try probe.end() } catch { fail("\(error)") }
  }

  /// - Returns: whether to go on.
  private func look(_ time: ProbeTime) -> Bool {
    do {
      var conversation = try ProbeConversation(to: endpoint, timeout: Self.timeout)
      let result = Result { try probe.look(&conversation, time) }
      let count = conversation.count
      lock.withLock {
        report.count = report.count + count
        report.looks += 1
      }
      guard let failure = try result.get() else { return true }
      fail(failure)
    } catch {
      fail("\(error)")
    }
    return false
  }

  private func fail(_ reason: String) {
    lock.withLock { report.failure = report.failure ?? reason }
  }

  /// False where the load was over before it came to a window.
  private func waitForWindow() -> Bool {
    while true {
      var pause = 1_000_000 as UInt64
      if let window = monitor.window {
        let left = window.start.nanoseconds(since: .now())
        if left == 0 { return true }
        pause = min(left, 50_000_000)
      }
      guard !lock.withLock({ isOver }) else { return false }
      usleep(UInt32(pause / 1000 + 1))
    }
  }
}

/// What a probe saw.
struct ProbeReport {
  var looks = 0
  /// What the probe asked and was answered.
  var count = ExchangeCount(answered: 0, sent: 0)
  var failure: String?

  /// nil where the load never came to a window, in which there would have been something to see.
  func check(_ name: String) -> CheckFigure? {
    if let failure { return CheckFigure(name: name, passed: false, detail: failure) }
    guard looks > 0 else { return nil }
    return CheckFigure(
      name: name, passed: true, detail: "\(looks) look\(looks == 1 ? "" : "s") beside the load found nothing wrong")
  }
}
