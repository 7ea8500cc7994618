import Foundation
import Gate
import Statistics

/// Whether the figures can be believed, in the sentences that every report begins with.
package enum Trust {
  package static func sentences(_ run: RunSummary) -> [String] {
    if run.manifest.comparison != nil { return ofVersions(run) }
    return [soundness(run), parity(run), precision(run), haste(run), steadiness(run), warnings(run), reach(run)]
      .compactMap(
        \.self)
  }

  private static func ofVersions(_ run: RunSummary) -> [String] {
    if !run.manifest.isTimed {
      return ["One worker answered one request after the other; every response was verified."]
    }
    let reach =
      "Both sides, the database and the load generator shared one machine (\(run.manifest.environment.cpuModel), "
      + "\(Figure.counted(run.manifest.environment.processors, "processor"))). Changes of counts can be quoted for other "
      + "machines, changes of time with care, and requests per second not at all."
    let errors = run.cells.compactMap(\.errorCount).reduce(0, +)
    let checked =
      "Every response was verified while measuring, byte by byte. There \(errors == 1 ? "was" : "were") "
      + (errors == 0 ? "no errors." : "\(Figure.counted(errors, "error")).")
    return [checked, haste(run), speed(run), reach].compactMap(\.self)
  }

  private static func soundness(_ run: RunSummary) -> String {
    let errors = run.cells.compactMap(\.errorCount).reduce(0, +)
    let sound = run.cells.count { $0.verdict == .ok }
    let checked = "Every response was verified while measuring, byte by byte."
    if sound == run.cells.count { return "\(checked) There were no errors." }
    return
      "\(checked) One error takes the rank from a cell. There \(errors == 1 ? "was" : "were") \(Figure.counted(errors, "error")), and \(sound) "
      + "of \(Figure.counted(run.cells.count, "cell")) are complete and valid."
  }

  /// Nothing where something was not tested: then a warning says it.
  private static func parity(_ run: RunSummary) -> String? {
    let wrong = run.cells.count { $0.isAlike == false }
    if wrong > 0 {
      return "The parity tests of this run found wrong answers in \(Figure.counted(wrong, "cell")), which "
        + (wrong == 1 ? "has" : "have") + " no rank."
    }
    return run.cells.allSatisfy { $0.isAlike == true }
      ? "The parity tests of this run found that all targets answer alike, apart from the documented differences." : nil
  }

  /// How small a difference the rounds can show.
  private static func precision(_ run: RunSummary) -> String? {
    let reaches = run.cells.compactMap(\.ratioToReference).map { $0.logMean.estimate.halfWidth() }.filter(\.isFinite)
    guard let middle = reaches.median, let widest = reaches.max() else { return nil }
    func percent(_ reach: Double) -> String { Figure.significant((exp(reach) - 1) * 100, digits: 2) }
    return "The 95 % interval of a ratio to the reference is about ±\(percent(middle)) % in the median cell and "
      + "±\(percent(widest)) % in the widest (\(rounds(run)) rounds). "
      + "A difference that the rounds do not show is called a tie, however large it looks."
  }

  /// Where the time was over before everything was known that was asked for.
  private static func haste(_ run: RunSummary) -> String? {
    let hasty = run.scenarios.count(where: \.isOutOfTime)
    guard hasty > 0 else { return nil }
    return "\(Figure.counted(hasty, "scenario")) of \(run.scenarios.count) used up the time of PROFILE="
      + "\(run.manifest.profile.name) before everything was decided. PROFILE=standard takes longer and decides more."
  }

  /// How much the machine itself changed, and what that did to the ratios.
  private static func steadiness(_ run: RunSummary) -> String? {
    let ratios = run.cells.compactMap(\.ratioToReference)
    guard !ratios.isEmpty, let speed = speed(run) else { return nil }
    return speed + " "
      + (ratios.contains(where: \.isAtEqualSpeed)
        ? "The ratios are corrected for it."
        : "The ratios are not corrected for it: that takes \(GatePolicy.standard.speedAdjustment.fewestRounds) rounds.")
  }

  private static func speed(_ run: RunSummary) -> String? {
    run.speedScatter.map { scatter in
      "The speed of the machine varied by \(Figure.significant(scatter.deviation * 100, digits: 2)) % from window to "
        + "window, as a probe beside the load shows."
    }
  }

  /// `20`, or `12 to 20` where scenarios ended early.
  static func rounds(_ run: RunSummary) -> String {
    let planned = run.scenarios.map(\.plannedRounds)
    guard let least = planned.min(), let most = planned.max() else { return "no" }
    return least == most ? "\(most)" : "\(least) to \(most)"
  }

  private static func warnings(_ run: RunSummary) -> String {
    let touched = run.cells.count { cell in
      run.warnings.flatMap(\.places).contains {
        $0.scenario == cell.scenario && $0.framework == cell.framework.name
      }
    }
    if run.warnings.isEmpty { return "There are no warnings." }
    return "\(Figure.counted(run.warnings.count, "warning")) about "
      + (touched == 0 ? "the whole run" : "\(touched) of \(run.cells.count) cells")
      + ": read \(run.warnings.count == 1 ? "it" : "them") before you rely on a close result."
  }

  private static func reach(_ run: RunSummary) -> String {
    let environment = run.manifest.environment
    let processors = Figure.counted(environment.processors, "processor")
    return "Servers, database and load generator shared one machine (\(environment.cpuModel), \(processors)). "
      + "Ratios can be quoted for other machines; requests per second cannot."
  }
}
