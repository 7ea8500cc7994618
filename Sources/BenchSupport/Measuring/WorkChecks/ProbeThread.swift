import Foundation
import LoadEngine
import Results
import SeededRandom
import WireFormats

/// Has a probe look at a target while a load runs, on a thread of its own: as the window begins, and then now and then.
///
/// Its connection asks what the load asks, too, so that a target cannot tell it by its age or by what it asks for.
final class ProbeThread: @unchecked Sendable {
  private let probe: any WorkProbe
  private let endpoint: Endpoint
  private let requests: [HTTPRequest]
  private var random: SplitMix64
  private let monitor: LoadMonitor
  private let lock = NSLock()
  /// Signalled when the load is over.
  private let over = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private var isOver = false
  private var report = ProbeReport()

  /// So seldom that a load does not notice it.
  private static let pause = DispatchTimeInterval.milliseconds(50)
  /// Of what the load asks, between one look and the next, and before the first.
  private static let requestsBetweenLooks = 10
  private static let timeout = Duration.seconds(20)
  /// Who interrupts a run does not wait for a server that is silent.
  private static let patienceWhenCancelled = DispatchTimeInterval.milliseconds(500)

  init(_ probe: any WorkProbe, _ endpoint: Endpoint, _ work: Work, _ monitor: LoadMonitor, seed: UInt64) {
    self.probe = probe
    self.endpoint = endpoint
    if case .http(let exchanges) = work { requests = exchanges.map(\.request) } else { requests = [] }
    random = SplitMix64(seed: seed)
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
    do {
      var conversation = try ProbeConversation(to: endpoint, timeout: Self.timeout)
      do { try run(&conversation) } catch { fail("\(error)") }
      let count = conversation.count
      lock.withLock { report.count = count }
    } catch {
      fail("\(error)")
    }
    do { try probe.end() } catch { fail("\(error)") }
  }

  private func run(_ conversation: inout ProbeConversation) throws {
    for _ in 0..<Self.requestsBetweenLooks { try ask(&conversation) }
    var isUnderLoad = true
    while isUnderLoad {
      guard try look(&conversation, .underLoad) else { return }
      for _ in 0..<Self.requestsBetweenLooks where isUnderLoad {
        isUnderLoad = over.wait(timeout: .now() + Self.pause) == .timedOut && !monitor.isWindowOver
        if isUnderLoad { try ask(&conversation) }
      }
    }
    if probe.looksAfterLoad, !monitor.isCancelled { _ = try look(&conversation, .afterLoad) }
  }

  /// Asks what the load asks. Whether the answer is right is the load's question.
  private func ask(_ conversation: inout ProbeConversation) throws {
    guard !requests.isEmpty else { return }
    _ = try conversation.exchange(requests[random.next(below: requests.count)])
  }

  /// - Returns: whether to go on.
  private func look(_ conversation: inout ProbeConversation, _ time: ProbeTime) throws -> Bool {
    let failure = try probe.look(&conversation, time)
    lock.withLock { report.looks += 1 }
    guard let failure else { return true }
    fail(failure)
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
