import Foundation
import Histogram

// What a record says twice has to agree: a figure that was changed alone contradicts another one.

extension Round {
  /// How long a window may be, however short it was planned: `RoundMeasurement` prolongs it up to that.
  private static let longestWindowS = 20.0
  private static let slack = 1.05

  /// Two figures that cannot both be right, with both of them; nil where there are none.
  ///
  /// - Parameter manifest: what the run set out to do; nil where that is not known.
  package func contradiction(_ manifest: Manifest?) -> String? {
    load.contradiction ?? histogramContradiction ?? fixedRate?.contradiction
      ?? manifest.flatMap { windowContradiction($0) ?? processorContradiction($0) ?? placeContradiction($0) }
  }

  private var histogramContradiction: String? {
    for (name, record) in histograms.sorted(by: { $0.key < $1.key }) {
      // Of one that cannot be read its own cell tells.
      guard let histogram = try? record.histogram() else { continue }
      let count = Int(clamping: histogram.count)
      switch name {
      case "latency":
        let unfinished = load.accounting?.unfinished
        // Files from before there was an accounting do not say how many that did not end are in it.
        if count < load.verified || (unfinished.map { count != load.verified + $0 } ?? false) {
          return
            "'verified' is \(load.verified)\(unfinished.map { " and 'unfinished' \($0)" } ?? ""), and the histogram "
            + "'latency' holds \(count)"
        }
      case "first_byte":
        if count != load.verified {
          return "'verified' is \(load.verified), and the histogram 'first_byte' holds \(count)"
        }
      case "first_unit":
        if count > load.verified {
          return "'verified' is \(load.verified), and the histogram 'first_unit' holds \(count)"
        }
      case "connect":
        if count != load.connectionsOpened {
          return "'connections_opened' is \(load.connectionsOpened), and the histogram 'connect' holds \(count)"
        }
      default: break
      }
    }
    return nil
  }

  private func windowContradiction(_ manifest: Manifest) -> String? {
    let planned = manifest.profile.windowS
    // Of several generators one may have come later than agreed.
    if manifest.distributedRun == nil, load.windowS * Self.slack < planned {
      return "a window of \(load.windowS) s, and the run's are at least \(planned) s long"
    }
    let longest = max(planned * 4, Self.longestWindowS) * Self.slack
    if load.windowS > longest { return "a window of \(load.windowS) s, and the longest of the run is \(longest) s" }
    return nil
  }

  /// Nobody has more CPU time than all processors have in a window.
  private func processorContradiction(_ manifest: Manifest) -> String? {
    let processors = manifest.environment.processors
    guard processors > 0 else { return nil }
    // Samples come later than they should under load, and ticks are coarse.
    let most = Double(processors) * (load.windowS * 1.25 + 0.5)
    let used = [("server", resources.server?.cpuS), ("postgres", resources.postgres?.cpuS)] + idle
    guard let (name, seconds) = used.first(where: { $0.1 ?? 0 > most }) else { return nil }
    return "\(seconds ?? 0) s of CPU time of '\(name)' in a window of \(load.windowS) s on \(processors) processors"
  }

  private var idle: [(String, Double?)] { resources.idleCpuS.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

  private func placeContradiction(_ manifest: Manifest) -> String? {
    guard !(1...manifest.frameworks.count).contains(position) else { return nil }
    return "'position' is \(position), and the run has \(manifest.frameworks.count) targets"
  }
}

extension LoadFigures {
  fileprivate var contradiction: String? {
    let seconds = (verified: perSecond.map(\.verified).reduce(0, +), errors: perSecond.map(\.errors).reduce(0, +))
    if !perSecond.isEmpty, seconds.verified != verified {
      return "'verified' is \(verified), and its seconds together have \(seconds.verified)"
    }
    // Errors of the warm-up are in no second.
    if seconds.errors > errorCount {
      return "there are \(errorCount) errors, and the seconds together have \(seconds.errors)"
    }
    if Double(perSecond.count) > windowS + 1 { return "\(perSecond.count) seconds in a window of \(windowS) s" }
    if verified > 0, bytesReceived < verified {
      return "\(verified) responses were verified, and \(bytesReceived) bytes received"
    }
    if let bad = perSecond.first(where: { !$0.arePercentilesInOrder }) {
      return "a p50 of \(bad.p50Ms ?? 0) ms and a p99 of \(bad.p99Ms ?? 0) ms in one second"
    }
    return accounting.flatMap(contradiction)
  }

  private func contradiction(_ accounting: AccountingFigures) -> String? {
    let counts = [
      accounting.sent, accounting.verified, accounting.failed, accounting.cutOff, accounting.drained,
      accounting.unfinished,
    ]
    if let bad = counts.first(where: { $0 < 0 }) { return "a count of \(bad)" }
    let ended = accounting.verified + accounting.failed + accounting.cutOff
    if accounting.sent != ended {
      return
        "\(accounting.sent) requests were sent, and \(accounting.verified) verified, \(accounting.failed) failed and "
        + "\(accounting.cutOff) cut off"
    }
    if accounting.verified < verified + accounting.drained {
      return "\(accounting.verified) requests were verified in all, and \(verified) in the window and "
        + "\(accounting.drained) after it"
    }
    if accounting.failed > errorCount {
      return "\(accounting.failed) requests failed, and there are \(errorCount) errors"
    }
    return nil
  }
}

extension SecondFigures {
  fileprivate var arePercentilesInOrder: Bool {
    let (low, high) = (p50Ms ?? 0, p99Ms ?? .infinity)
    return low >= 0 && low <= high
  }
}

extension FixedRateFigures {
  fileprivate var contradiction: String? {
    let isPossible = { (value: Double) in value > 0 && value < 1e12 }
    guard isPossible(offeredPerSecond), isPossible(windowS) else {
      return "\(offeredPerSecond) requests a second for \(windowS) s at a fixed rate"
    }
    guard verified >= 0, unsent >= 0 else { return "a count of \(min(verified, unsent)) at a fixed rate" }
    guard let latency = try? histogram.histogram() else { return "the histogram at a fixed rate cannot be read" }
    if latency.count < UInt64(verified) + UInt64(unsent) {
      return
        "at a fixed rate 'verified' is \(verified) and 'unsent' \(unsent), and the histogram holds \(latency.count)"
    }
    if let p99Ms, let held = latency.percentile(99).map({ Double($0) * 1e-6 }), abs(p99Ms - held) > held * 1e-6 {
      return "at a fixed rate 'p99_ms' is \(p99Ms), and that of the histogram \(held)"
    }
    return nil
  }
}
