import Foundation
import Histogram
import LoadEngine
import Reports

/// What a load may not exceed: service-level limits, each of which can make the exit code 1.
///
/// A pure value: results in, what was missed out.
struct LoadLimits {
  /// The largest share of failed requests, from 0 to 1. Without it one error is too many.
  var errorRate: Double?
  /// Milliseconds, on the clock that the pacing asks for, by percentile; 100 is the largest.
  var latencies: [(name: String, percent: Double, milliseconds: Double)] = []
  /// The fewest verified responses a second.
  var rate: Double?
  /// Whether an open loop has to have been served as offered.
  var isRateStrict = false

  /// One limit, and what was seen of it.
  struct Outcome: Equatable, Encodable {
    /// As the option is called, without its dashes.
    var name: String
    var allowed: Double
    /// Absent where nothing was seen of it; it is then missed.
    var seen: Double?
    var isMet: Bool
    /// What was seen and what is allowed, in words.
    var text: String
  }

  func outcomes(of result: LoadResult, _ plan: LoadPlan) -> [Outcome] {
    var outcomes: [Outcome] = []
    if let errorRate { outcomes.append(outcome(errorRate, result)) }
    let latency = result.latency(plan.pacing)
    for limit in latencies {
      let seen = latency.percentile(limit.percent).map { Double($0) * 1e-6 }
      let allowed = "allowed is \(number(limit.milliseconds)) ms"
      outcomes.append(
        Outcome(
          name: "max-\(limit.name)", allowed: limit.milliseconds, seen: seen,
          isMet: seen.map { $0 <= limit.milliseconds } ?? false,
          text: seen.map { "\(limit.name) was \(number($0)) ms, \(allowed)" }
            ?? "\(limit.name) is not known, because nothing was verified; \(allowed)"))
    }
    if let rate {
      let seen = result.verifiedPerSecond
      outcomes.append(
        Outcome(
          name: "min-rate", allowed: rate, seen: seen, isMet: seen >= rate,
          text: "\(number(seen)) responses a second were verified, wanted are at least \(number(rate))"))
    }
    if isRateStrict {
      let seen = result.achievedShare(plan)
      outcomes.append(
        Outcome(
          name: "strict-rate", allowed: LoadResult.fewestAchieved, seen: seen,
          isMet: seen.map { $0 >= LoadResult.fewestAchieved } ?? false,
          text: "\(number((seen ?? 0) * 100)) % of the rate was achieved, wanted are at least "
            + "\(number(LoadResult.fewestAchieved * 100)) %"))
    }
    return outcomes
  }

  private func outcome(_ allowed: Double, _ result: LoadResult) -> Outcome {
    let failed = result.errors.total
    let all = failed + result.warmUp.verified + result.measured.verified
    let seen = all > 0 ? Double(failed) / Double(all) : nil
    return Outcome(
      name: "max-error-rate", allowed: allowed, seen: seen, isMet: seen.map { $0 <= allowed } ?? false,
      text: "\(failed) errors beside \(all - failed) verified requests (\(number((seen ?? 0) * 100)) %), "
        + "allowed are \(number(allowed * 100)) %")
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
    if let achievedShare = achievedShare(plan), achievedShare < LoadResult.fewestAchieved {
      warnings.append(
        "the rate was not held: \(String(format: "%.1f", achievedShare * 100)) % of it was achieved")
    }
    if let imbalance { warnings.append("a mistake of this program: \(imbalance)") }
    return warnings
  }
}

extension LoadLimits {
  private static let percentiles: [(name: String, percent: Double)] = [
    ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p999", 99.9), ("latency", 100),
  ]

  /// - Parameter isOpenLoop: whether there is a rate that can be strict.
  init(_ arguments: inout Arguments, isOpenLoop: Bool) throws(UsageError) {
    if let text = try arguments.option("--max-error-rate") { errorRate = try Self.share(text) }
    for (name, percent) in Self.percentiles {
      guard let text = try arguments.option("--max-\(name)") else { continue }
      guard text.last?.isLetter == true else {
        throw UsageError("--max-\(name) '\(text)' has no unit; right would be 20ms or 1s")
      }
      let limit = try duration(text, for: "--max-\(name)")
      latencies.append((name, percent, limit.inSeconds * 1000))
    }
    rate = try arguments.positive("--min-rate")
    isRateStrict = arguments.flag("--strict-rate")
    guard isOpenLoop || !isRateStrict else {
      throw UsageError("--strict-rate goes with --rate, such as --rate 1000 --strict-rate")
    }
  }

  /// `0.01` or `1%`.
  private static func share(_ text: String) throws(UsageError) -> Double {
    let isPercent = text.hasSuffix("%")
    guard let number = Double(isPercent ? String(text.dropLast()) : text), number >= 0, number <= (isPercent ? 100 : 1)
    else {
      throw UsageError("--max-error-rate '\(text)' is not a share; right would be 1% or 0.01")
    }
    return isPercent ? number / 100 : number
  }
}
