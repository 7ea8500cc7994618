import Foundation
import LoadEngine
import Results
import Statistics

/// Tells a person how far a run is: a line that changes on a terminal, and plain lines elsewhere.
///
/// On a terminal the line names scenario, target and round, the running figure and the time left. Elsewhere each
/// step leaves one line with its final figure.
public final class RunProgress: @unchecked Sendable {
  private let terminal: TerminalLine?
  private let line: @Sendable (String) -> Void
  private let end: Instant?
  private let lock = NSLock()
  private var pace = RunPace()
  private var shown: Shown?

  private struct Shown {
    var step: MeasuringStep
    var monitor: LoadMonitor
    var begun: Instant
    var before: (verified: Int, instant: Instant)
  }

  /// - Parameters:
  ///   - terminal: where the changing line goes; nil where nobody looks at a terminal.
  ///   - end: when the run is to be over, whatever its plan; nil where it takes what its plan takes.
  ///   - line: takes the plain lines.
  public init(terminal: TerminalLine?, end: Instant? = nil, line: @escaping @Sendable (String) -> Void) {
    self.terminal = terminal
    self.end = end
    self.line = line
    guard terminal != nil else { return }
    Thread.detachNewThread { [weak self] in
      while let self {
        self.paint()
        usleep(200_000)
      }
    }
  }

  /// A step begins, and its load counts in `monitor`.
  package func begin(_ step: MeasuringStep, _ monitor: LoadMonitor) {
    lock.withLock {
      let now = Instant.now()
      pace.begin(now)
      shown = Shown(step: step, monitor: monitor, begun: now, before: (monitor.verified, now))
    }
    if terminal == nil, step.phase == .warmUp { line(step.heading) }
  }

  /// The step is over.
  ///
  /// - Parameter round: nil after a warm-up, or where the step ended with an error.
  package func end(_ step: MeasuringStep, _ round: Round?) {
    let left = lock.withLock {
      shown = nil
      pace.end(step, .now())
      return secondsLeft(step.plannedAfter, .now())
    }
    terminal?.erase()
    guard terminal == nil, let round else { return }
    let errors = round.load.errorCount == 0 ? "" : ", \(round.load.errorCount) errors"
    let rate = String(format: "%.1f", round.load.verifiedPerSecond)
    line("\(step.heading)  \(rate) \(step.unit)/s\(errors)\(RunProgress.text(left: left))")
  }

  private func paint() {
    lock.withLock {
      guard var shown else { return }
      let now = Instant.now()
      let seconds = now.inSeconds(since: shown.before.instant)
      guard seconds > 0.1 else { return }
      let verified = shown.monitor.verified
      let rate = Double(verified - shown.before.verified) / seconds
      shown.before = (verified, now)
      self.shown = shown
      let failed = shown.monitor.failed == 0 ? "" : "  \(shown.monitor.failed) failed"
      let rest = shown.step.planned.inSeconds - now.inSeconds(since: shown.begun)
      let left = secondsLeft(shown.step.plannedAfter + .seconds(max(0, rest)), now)
      let figure = "\(Figure.significant(rate)) \(shown.step.unit)/s"
      terminal?.show("\(shown.step.heading)  \(figure)\(failed)\(RunProgress.text(left: left))")
    }
  }

  /// The lock has to be held.
  private func secondsLeft(_ plan: Duration, _ now: Instant) -> Double {
    min(pace.left(plan), end?.inSeconds(since: now) ?? .infinity)
  }

  private static func text(left: Double) -> String {
    let seconds = Int(left.rounded())
    return seconds < 1 ? "" : "  \(seconds / 60):\(String(format: "%02d", seconds % 60)) left"
  }
}

extension Instant {
  fileprivate func inSeconds(since earlier: Instant) -> Double { Double(nanoseconds(since: earlier)) * 1e-9 }
}
