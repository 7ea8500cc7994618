import Foundation
import Gate
import Results
import Statistics

/// The sentences on a soak that all reports share.
enum SoakReading {
  /// For the first page: how long, how fast, and who holds more and more.
  static func sentences(_ run: RunSummary) -> [String] {
    let all = SoakSummary.all(run).filter { !$0.segments.isEmpty }
    guard let plan = all.first?.plan else { return [] }
    return [intention(plan, run, measuredS: all.map(\.measuredS).max() ?? 0)]
      + all.map { "\($0.framework.title), memory: \(verdict($0.memory, of: $0, unit: unit(run)))." }
  }

  /// `Soak: db-read at 1,200 requests a second for 30 min on each target, the targets in turns.`
  private static func intention(_ plan: SoakPlan, _ run: RunSummary, measuredS: Double) -> String {
    let how =
      run.manifest.frameworks.count == 1
      ? "" : plan.isTogether ? ", all targets at the same time" : ", the targets in turns"
    return "Soak: \(plan.scenario) at \(Figure.significant(plan.ratePerSecond, digits: 4)) \(unit(run)) a second for "
      + "\(time(measuredS)) on \(run.manifest.frameworks.count == 1 ? "the target" : "each target")\(how)."
  }

  static func unit(_ run: RunSummary) -> String { run.manifest.scenarios.first?.unit ?? "requests" }

  /// How the soak was made.
  static func methodology(_ run: RunSummary) -> [(title: String, text: String)] {
    guard let plan = run.manifest.behaviour?.soak else { return [] }
    let unit = unit(run)
    let rate =
      plan.capacityShare.map { share in
        "The rate is \(Figure.plain(share * 100)) % of what the slowest target served in a closed loop just before"
          + (plan.isTogether ? ", divided among the targets" : "") + " (\(capacities(plan, run)))."
      } ?? "The rate was asked for; in a closed loop just before, the targets served \(capacities(plan, run))."
    let together =
      run.manifest.frameworks.count == 1
      ? ""
      : plan.isTogether
        ? " All targets were loaded at the same time. What they hold is as true as it would be alone; their throughput and "
          + "latency are those of a machine that others load, too."
        : " The targets took turns, segment by segment: while one was loaded the others were idle. Time on the axes is time "
          + "under load."
    return [
      (
        "Load",
        "Each target was loaded with \(Figure.significant(plan.ratePerSecond, digits: 4)) \(unit) a second in an open loop "
          + "with Poisson arrivals, as of many clients who do not know of each other. Every response was verified. Latency "
          + "counts from the instant at which a request was due. \(rate)\(together)"
      ),
      (
        "Segments",
        "Each segment of \(Figure.plain(plan.segmentS)) s opens its \(run.manifest.connections) connections anew. Memory "
          + "is that of all processes of the server without the files that are mapped into it, at the end of a segment; "
          + "descriptors are counted when its connections stand."
      ),
      (
        "Leaks",
        "Memory remembers: an ordinary regression takes each point for news and finds a leak in every second series. Here the "
          + "first quarter of each start is left out, and the interval of the slope comes from slower and faster waves in the "
          + "rest. What rises and levels off is no leak. A leak is a slope whose 95 % interval excludes zero and that goes on "
          + "in the later half; up to \(Figure.plain(GatePolicy.standard.memorySlope)) MiB and "
          + "\(Figure.plain(GatePolicy.standard.descriptorSlope)) descriptors for a million \(unit) are tolerated."
      ),
    ]
  }

  private static func capacities(_ plan: SoakPlan, _ run: RunSummary) -> String {
    let known = run.manifest.frameworks.compactMap { framework in
      plan.capacities[framework.name].map { "\(framework.title) \(Figure.significant($0))" }
    }
    return Reading.list(known) + " a second"
  }

  /// As a clause: `no leak is seen: −0.2 to 0.3 MiB per million requests`.
  static func verdict(_ growth: Growth, of soak: SoakSummary, unit: String, what: String = "MiB") -> String {
    let each = "\(what) per million \(unit)"
    guard let interval = growth.interval, let slope = growth.drift?.slope else {
      switch growth.verdict {
      case .unknown(.tooFewPoints(let found, let needed)):
        return "not long enough: \(Figure.counted(found, "segment")) after the warm-up, \(needed) are needed: "
          + "\(time(soak.plan.segmentS * Double(Drift.points(leaving: needed)))) without a new start"
      case .unknown(.notAscending): return "not known: too little was served"
      default: return "not known: the server’s processes cannot be seen"
      }
    }
    let reach = "\(figure(interval.low)) to \(figure(interval.high))"
    switch growth.verdict {
    case .leaks: return "leaks \(figure(slope)) \(each) (\(reach))"
    case .mayLeak:
      return "grows by \(figure(slope)) \(each) (\(reach)); whether by more than the \(tolerated(growth)) that are "
        + "tolerated is not known"
    case .grows: return "grows by \(figure(slope)) \(each) (\(reach)), and \(tolerated(growth)) are tolerated"
    case .levelsOff: return "rises and levels off: \(figure(slope)) \(each) (\(reach)), and less in the later half"
    case .steady: return "no leak is seen: \(reach) \(each)"
    case .tooWide:
      let longer = growth.timesAsLong.map { "; it would take \(time(soak.measuredS * $0)) at least" } ?? ""
      return "not long enough: between \(figure(interval.low)) and \(figure(interval.high)) \(each)\(longer)"
    case .unknown, .unseen: return "not known"
    }
  }

  private static func tolerated(_ growth: Growth) -> String { Figure.plain(growth.tolerated) }

  /// `−0.21`, `12.3`, `0`: what would be written with more zeros than a reader looks at is zero.
  static func figure(_ value: Double) -> String {
    if abs(value) < 0.005 { return "0" }
    return (value < 0 ? "−" : "")
      + Figure.significant(abs(value), digits: abs(value) < 0.1 ? 1 : abs(value) < 1 ? 2 : 3)
  }

  /// `2 h 5 min`, `12 min`, `40 s`.
  static func time(_ seconds: Double) -> String {
    let minutes = Int((seconds / 60).rounded())
    if seconds < 100 { return "\(Int(seconds.rounded())) s" }
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min")
  }

  /// What makes the same soak again.
  static func command(_ run: RunSummary) -> [String] {
    guard let plan = run.manifest.behaviour?.soak else { return [] }
    let options =
      (plan.capacityShare == nil ? " RATE=\(Figure.plain(plan.ratePerSecond))" : "")
      + (plan.isTogether ? " TOGETHER=1" : "")
    return [
      "make soak DURATION=\(Figure.plain(plan.durationS))s\(options) DEPLOYMENT=\(run.manifest.deployment) \\",
      "  FRAMEWORKS=\(run.manifest.frameworks.map(\.name).joined(separator: ",")) \\", "  SCENARIOS=\(plan.scenario)",
    ]
  }

  // MARK: What is wrong, and what is open

  static func findings(_ run: RunSummary) -> [String] {
    SoakSummary.all(run).flatMap { soak in
      let title = soak.framework.title
      return [
        soak.memory.verdict == .leaks
          ? "leak: \(title): memory \(verdict(soak.memory, of: soak, unit: unit(run))), and "
            + "\(Figure.plain(soak.memory.tolerated)) are tolerated" : nil,
        soak.descriptors.verdict == .leaks
          ? "leak: \(title): \(verdict(soak.descriptors, of: soak, unit: unit(run), what: "open descriptors")), and "
            + "\(Figure.plain(soak.descriptors.tolerated)) are tolerated" : nil,
        errors(soak),
      ].compactMap(\.self) + checks(soak)
    }
  }

  /// One line for all errors of a framework, with the segment of the first.
  private static func errors(_ soak: SoakSummary) -> String? {
    guard soak.errors > 0 else { return nil }
    let kinds = soak.segments.reduce(into: [String: Int]()) { $0.merge($1.round.load.errors, uniquingKeysWith: +) }
    let words = kinds.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key) \(Figure.count($0.value))" }
    let first = soak.segments.first { $0.round.load.errorCount > 0 }
    let place = first.map { ", the first in segment \($0.segment)" } ?? ""
    let failure = soak.segments.lazy.flatMap(\.round.load.failures).first.map { ": \($0)" } ?? ""
    return "errors: \(soak.framework.title): \(Figure.counted(soak.errors, "error")) "
      + "(\(words.joined(separator: ", ")))\(place)\(failure)"
  }

  /// A line for each segment in which something failed beside the requests, such as a worker that ended.
  private static func checks(_ soak: SoakSummary) -> [String] {
    soak.segments.flatMap { segment in
      segment.round.checks.filter { !$0.passed }.map {
        "\($0.name): \(soak.framework.title), segment \(segment.segment): \($0.detail)"
      }
    }
  }

  /// A line for each framework that lacks segments.
  static func missing(_ run: RunSummary) -> [String] {
    SoakSummary.all(run).filter { !$0.missing.isEmpty }.map { soak in
      "\(soak.plan.scenario) on \(soak.framework.name): \(Figure.count(soak.missing.count)) of "
        + "\(Figure.counted(soak.plan.segments, "segment"))"
    }
  }
}
