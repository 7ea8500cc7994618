import Results
import Statistics

/// The tables of a report on faults.
enum FaultTables {
  /// Framework by fault, in words.
  static func overview(_ cells: [FaultCell], _ plan: FaultPlan, _ run: RunSummary) -> Table {
    let frameworks = run.manifest.frameworks
    return Table(
      "Faults", "What became of each framework when something broke, over all trials.",
      [.left("Fault")] + frameworks.map { .wrapped($0.title) },
      plan.faults.map { fault in
        [FaultWords.title(fault)]
          + frameworks.map { framework in
            cells.first { $0.fault == fault && $0.framework.name == framework.name }
              .map { FaultWords.outcome($0, plan) } ?? Figure.missing
          }
      })
  }

  /// What became of clients that misbehaved; a row for each framework.
  static func clients(_ cells: [FaultCell]) -> Table {
    Table(
      "Clients that misbehaved", "What they saw, over all trials.",
      [.left("Fault"), .left("Framework"), .wrapped("What they saw")],
      cells.compactMap { cell in
        let seen = cell.seen.reduce(into: [String: Int]()) { sum, trial in sum.merge(trial.clients) { $0 + $1 } }
        guard !seen.isEmpty else { return nil }
        return [
          FaultWords.title(cell.fault), cell.framework.title,
          seen.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\(Figure.count($0.value))× \($0.key)" }
            .joined(separator: "; "),
        ]
      })
  }

  static let explanation = """
    Before the fault → while it lasted → at the end, under the same load; descriptors and files before the load → after it. \
    Whole again: from the beginning of the fault until as many processes were there as before. The longest gap is the longest \
    time without a verified response. Memory is anonymous memory; a few MiB come and go. A p99 needs a hundred responses.
    """

  static func trials(_ cells: [FaultCell], _ run: RunSummary) -> Table {
    Table(
      "Trials", "Every trial with its figures; before, while the fault lasted, at the end.",
      [
        .left("Fault"), .left("Framework"), .right("Trial"), .left("Load"), .wrapped("What was done"),
        .wrapped("Errors"),
      ]
        + [
          "Recovered after", "Since its beginning", "Longest gap", "Verified per s", "p99 in ms", "Processes",
          "Whole again after", "Descriptors", "Memory in MiB", "Files", "Started anew",
        ].map { .right($0) },
      cells.flatMap { cell in cell.trials.map { row($0, cell) } })
  }

  private static func row(_ trial: FaultTrial, _ cell: FaultCell) -> [String] {
    let head = [FaultWords.title(cell.fault), cell.framework.title, "\(trial.trial)", trial.scenario]
    guard let seen = trial.seen else {
      return head + ["not tried: \(trial.notTried ?? "no reason")"] + [String](repeating: Figure.missing, count: 12)
    }
    let errors =
      seen.errorCount == 0
      ? "none"
      : FaultWords.kinds(seen.errors) + (seen.errorsBefore > 0 ? " (\(seen.errorsBefore) before the fault)" : "")
    return head + [
      seen.done, errors, outcome(seen),
      seen.recoveredAtS.map { FaultWords.seconds($0 - seen.beganS) } ?? Figure.missing,
      FaultWords.seconds(seen.longestGapS),
      parts(seen.perSecondBefore, seen.perSecondDuring, seen.perSecondAfter),
      parts(seen.p99BeforeMs, seen.p99DuringMs, seen.p99AfterMs),
      change(seen.processes), seen.wholeAtS.map { FaultWords.seconds($0 - seen.beganS) } ?? Figure.missing,
      change(seen.descriptors), memory(seen.memoryBytes), change(seen.files), seen.startedAnew ?? "no",
    ]
  }

  private static func outcome(_ seen: FaultTrial.Seen) -> String {
    switch seen.outcome {
    case .unharmed: "no errors"
    case .recovered(let afterS): FaultWords.seconds(afterS)
    case .notRecovered: "not"
    }
  }

  private static func parts(_ before: Double?, _ during: Double?, _ after: Double?) -> String {
    [before, during, after].map { Figure.significant($0) }.joined(separator: " → ")
  }

  private static func change(_ figure: FaultTrial.BeforeAndAfter?) -> String {
    figure.map { "\(Figure.count($0.before)) → \(Figure.count($0.after))" } ?? Figure.missing
  }

  private static func memory(_ figure: FaultTrial.BeforeAndAfter?) -> String {
    figure.map { bytes in
      [bytes.before, bytes.after].map { Figure.significant(Double($0) / 1_048_576) }.joined(separator: " → ")
    } ?? Figure.missing
  }
}
