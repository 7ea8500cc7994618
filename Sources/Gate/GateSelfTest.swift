import Foundation
import Results
import Statistics
import Text

/// What the gate made of runs whose truth is known: two copies of one target, one of them slower by a known share.
public struct GateSelfTest: Equatable, Sendable {
  /// The runs with one slowdown.
  public struct Trials: Equatable, Sendable {
    /// In percent, of the handlers; zero is the machine against itself.
    public var slowdown: Int
    /// What was decided in each run.
    public var runs: [[ThresholdResult]]

    public init(slowdown: Int, runs: [[ThresholdResult]]) {
      self.slowdown = slowdown
      self.runs = runs
    }

    /// Runs in which anything failed.
    public var red: Int { runs.count { results in results.contains { $0.verdict == .fail } } }

    package func count(_ outcome: ThresholdResult.Outcome) -> Int {
      runs.reduce(0) { $0 + $1.count { $0.verdict == outcome } }
    }
  }

  public var trials: [Trials]

  public init(trials: [Trials]) {
    self.trials = trials
  }

  public var text: String {
    let header = ["handlers slower by", "runs", "red", "rate (exact 95 % interval)", "pass", "fail", "inconclusive"]
    let rows = trials.filter { !$0.runs.isEmpty }.map { trial in
      let rate = Proportion(trial.red, of: trial.runs.count)
      let interval = rate.interval()
      return [
        trial.slowdown == 0 ? "nothing (A/A)" : "\(trial.slowdown) %", "\(trial.runs.count)", "\(trial.red)",
        String(format: "%.0f %% (%.0f–%.0f)", rate.rate * 100, interval.low * 100, interval.high * 100),
        "\(trial.count(.pass))", "\(trial.count(.fail))", "\(trial.count(.undecided))",
      ]
    }
    return TextTable(header.map { _ in .left }, [header] + rows).text
  }
}
