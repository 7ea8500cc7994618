import Foundation
import Gate
import Histogram
import LoadEngine
import Results

/// What a load may not exceed: service-level limits, each of which can make the exit code 1.
///
/// A pure value: results in, what was missed out.
struct LoadLimits: OptionGroup {
  /// The largest share of failed requests, from 0 to 1. Without it one error is too many.
  @Option("--max-error-rate", "SHARE", .share, "1% or 0.01 of the requests may fail (none)") var errorRate: Double?
  // Milliseconds, on the clock that the pacing asks for.
  @Option("--max-p50", "D", .milliseconds, "a limit to the median of the latency") private var p50: Double?
  @Option("--max-p90", "D", .milliseconds, "such as 20ms; the same of the other percentiles") private var p90: Double?
  @Option("--max-p95", "D", .milliseconds, "") private var p95: Double?
  @Option("--max-p99", "D", .milliseconds, "") private var p99: Double?
  @Option("--max-p999", "D", .milliseconds, "") private var p999: Double?
  @Option("--max-latency", "D", .milliseconds, "a limit to the largest latency") private var largest: Double?
  /// The fewest verified responses a second.
  @Option("--min-rate", "R", .positive, "so many have to be verified a second") private var rate: Double?
  /// Whether an open loop has to have been served as offered.
  @Option("--strict-rate", "with --rate: 99 % of what was due has to be verified") var isRateStrict: Bool

  /// One limit, and what was seen of it.
  struct Outcome {
    /// As the option is called, without its dashes.
    var name: String
    var allowed: Double
    /// nil where nothing was seen of it; it is then missed.
    var seen: Double?
    var isMet: Bool
    /// What was seen and what is allowed, in words.
    var text: String

    init(_ name: String, _ seen: Double?, _ isMet: (Double, Double) -> Bool, _ allowed: Double, _ text: String) {
      (self.name, self.allowed, self.seen, self.text) = (name, allowed, seen, text)
      self.isMet = seen.map { isMet($0, allowed) } ?? false
    }
  }

  func outcomes(of result: LoadResult, _ plan: LoadPlan) -> [Outcome] {
    let percentiles = [
      ("p50", 50, p50), ("p90", 90, p90), ("p95", 95, p95), ("p99", 99, p99), ("p999", 99.9, p999),
      ("latency", 100, largest),
    ]
    let latency = result.latency(plan.pacing)
    var outcomes = [errorRate.map { ofErrors($0, result) }]
    outcomes += percentiles.map { name, percent, limit in
      limit.map { ofLatency(name, latency.percentile(percent).map { Double($0) * 1e-6 }, atMost: $0) }
    }
    if let rate {
      let seen = result.verifiedPerSecond
      let text = "\(number(seen)) responses a second were verified, wanted are at least \(number(rate))"
      outcomes.append(Outcome("min-rate", seen, >=, rate, text))
    }
    if isRateStrict {
      let (seen, wanted) = (result.achievedShare(plan), LoadResult.fewestAchieved)
      let text =
        "\(number((seen ?? 0) * 100)) % of the rate was achieved, wanted are at least \(number(wanted * 100)) %"
      outcomes.append(Outcome("strict-rate", seen, >=, wanted, text))
    }
    return outcomes.compactMap(\.self)
  }

  private func ofErrors(_ allowed: Double, _ result: LoadResult) -> Outcome {
    let failed = result.errors.total
    let all = failed + result.warmUp.verified + result.measured.verified
    let seen = all > 0 ? Double(failed) / Double(all) : nil
    return Outcome(
      "max-error-rate", seen, <=, allowed,
      "\(failed) errors beside \(all - failed) verified requests (\(number((seen ?? 0) * 100)) %), "
        + "allowed are \(number(allowed * 100)) %")
  }

  private func ofLatency(_ name: String, _ seen: Double?, atMost limit: Double) -> Outcome {
    let found = seen.map { "was \(number($0)) ms, " } ?? "is not known, because nothing was verified; "
    return Outcome("max-\(name)", seen, <=, limit, "\(name) \(found)allowed is \(number(limit)) ms")
  }

  /// With four significant digits at the most, and no more than it has.
  private func number(_ value: Double) -> String {
    let text = String(format: "%.4g", value)
    return text.contains("e") ? String(format: "%.0f", value) : text
  }
}

extension LoadResult {
  /// Less of what was due is not what was offered.
  static let fewestAchieved = 0.99

  /// In open loop from the intended instant on: the clock that does not forget who had to wait.
  func latency(_ pacing: Pacing) -> Histogram {
    pacing == .closedLoop ? times.latency : times.intendedLatency
  }

  /// The share of those due in the window that were verified, from 0 to 1. Of so many requests, which are all sent in the
  /// end, it is as much less as they were sent late.
  func achievedShare(_ plan: LoadPlan) -> Double? {
    guard let schedule, schedule.dueInWindow > 0, case .openLoop(let rate, _) = plan.pacing else { return nil }
    let share = Double(measured.verified) / Double(schedule.dueInWindow)
    guard plan.requests != nil, let windowStart, let lastSend = schedule.lastSend else { return share }
    let planned = Double(schedule.dueInWindow) / rate
    let taken = Double(lastSend.nanoseconds(since: windowStart)) * 1e-9 + 1 / rate
    return share * min(1, planned / taken)
  }

  /// Why the load did less than it was to do; nil where it did not.
  func shortfall(_ plan: LoadPlan) -> String? {
    if measured.verified == 0, errors.total == 0 { return "nothing was verified in the window" }
    let ended = measured.verified + measured.errors.total
    if let requests = plan.requests, ended < requests, !isCancelled {
      return "only \(ended) of \(requests) requests were sent"
    }
    return nil
  }

  /// What makes the figures doubtful, in sentences.
  func warnings(_ plan: LoadPlan) -> [String] {
    var warnings: [String] = []
    if let shortfall = shortfall(plan) { warnings.append(shortfall) }
    if generator.isLimited {
      warnings.append(
        "the generator had or wanted a processor \(Int(generator.busiestThread * 100)) % of the time: it limits the result"
      )
    }
    if isBehindSchedule { warnings.append(RoundWarning(.behindSchedule(share: lateShare)).text) }
    if let achievedShare = achievedShare(plan), achievedShare < LoadResult.fewestAchieved {
      warnings.append(
        "the rate was not held: \(String(format: "%.1f", achievedShare * 100)) % of it was achieved")
    }
    if let imbalance { warnings.append("a mistake of this program: \(imbalance)") }
    return warnings
  }
}
