import Foundation
import Gate
import Statistics

/// Whether the figures can be believed, in the sentences that every report begins with.
package enum Trust {
  package static func sentences(_ run: RunSummary) -> [String] {
    [soundness(run), precision(run), haste(run), steadiness(run), doubts(run), reach(run)].compactMap(\.self)
  }

  private static func soundness(_ run: RunSummary) -> String {
    let errors = run.cells.compactMap(\.errorCount).reduce(0, +)
    let sound = run.cells.count { $0.verdict == .ok }
    let checked = "Every response was verified while measuring, byte by byte, and one error takes the rank from a cell"
    if sound == run.cells.count { return "\(checked): none occurred." }
    return "\(checked): \(Figure.counted(errors, "error")) occurred, and \(sound) of "
      + "\(Figure.counted(run.cells.count, "cell")) are whole and sound."
  }

  /// How small a difference the rounds can show.
  private static func precision(_ run: RunSummary) -> String? {
    let reaches = run.cells.compactMap(\.ratioToReference).map { $0.logMean.estimate.halfWidth() }.filter(\.isFinite)
    guard let middle = reaches.median, let widest = reaches.max() else { return nil }
    func percent(_ reach: Double) -> String { Figure.significant((exp(reach) - 1) * 100, digits: 2) }
    return "A ratio to the reference is known to about ±\(percent(middle)) % in the median cell and "
      + "±\(percent(widest)) % in the widest (95 % intervals over \(rounds(run)) rounds). "
      + "What the rounds do not show is called a tie, however large it looks."
  }

  /// Where the time was over before everything was known that was asked for.
  private static func haste(_ run: RunSummary) -> String? {
    let hasty = run.scenarios.count(where: \.isOutOfTime)
    guard hasty > 0 else { return nil }
    return "\(Figure.counted(hasty, "scenario")) of \(run.scenarios.count) ended when the time of PROFILE="
      + "\(run.manifest.profile.name) was over, before everything was decided: PROFILE=standard takes longer and knows more."
  }

  /// How much the machine itself changed, and what that did to the ratios.
  private static func steadiness(_ run: RunSummary) -> String? {
    let ratios = run.cells.compactMap(\.ratioToReference)
    guard !ratios.isEmpty, let scatter = run.speedScatter else { return nil }
    return
      "The speed of the machine scattered by \(Figure.significant(scatter.deviation * 100, digits: 2)) % from window to "
      + "window, as a probe beside the load shows. "
      + (ratios.contains(where: \.isAtEqualSpeed)
        ? "What it explains is taken out of the ratios."
        : "It is not taken out of the ratios, which needs \(GatePolicy.standard.speedAdjustment.fewestRounds) rounds.")
  }

  /// `20`, or `12 to 20` where scenarios ended early.
  package static func rounds(_ run: RunSummary) -> String {
    let planned = run.scenarios.map(\.plannedRounds)
    guard let least = planned.min(), let most = planned.max() else { return "no" }
    return least == most ? "\(most)" : "\(least) to \(most)"
  }

  private static func doubts(_ run: RunSummary) -> String {
    let touched = run.cells.count { cell in
      run.warnings.flatMap(\.places).contains {
        $0.scenario == cell.scenario && $0.framework == cell.framework.name
      }
    }
    if run.warnings.isEmpty { return "Nothing that was watched speaks against the figures: no warnings." }
    return "\(Figure.counted(run.warnings.count, "warning")), which "
      + (touched == 0 ? "are about the whole run" : "touch \(touched) of \(run.cells.count) cells")
      + ": read them before you rely on a close result."
  }

  private static func reach(_ run: RunSummary) -> String {
    let environment = run.manifest.environment
    let processors = Figure.counted(environment.processors, "processor")
    return "Measured on one machine (\(environment.cpuModel), \(processors)), "
      + "shared by servers, database and load generator. Ratios travel to other machines; requests per second do not."
  }
}
