import Results
import Statistics

/// All kept runs as a site of static pages: an index that says what each run was, and the trends over those that can be put
/// side by side. The runs' own pages lie beside it, in `runs/<name>/`.
///
/// A pure function of the runs: the same ones make the same bytes.
public struct Site {
  public struct Run: Equatable, Sendable {
    /// The name of its folder.
    public var name: String
    public var summary: RunSummary

    public init(name: String, summary: RunSummary) {
      (self.name, self.summary) = (name, summary)
    }
  }

  /// A run of which no report can be made.
  public struct Unreadable: Equatable, Sendable {
    public var name: String
    public var reason: String

    public init(name: String, reason: String) {
      (self.name, self.reason) = (name, reason)
    }
  }

  public struct Page: Equatable, Sendable {
    /// Below the site's folder.
    public var path: String
    public var text: String
  }

  /// The newest first.
  private let runs: [Run]
  private let unreadable: [Unreadable]
  private let trends: [Trend]

  private struct Trend {
    var path: String
    var title: String
    var runs: Int
    var text: String
  }

  public init(_ runs: [Run], unreadable: [Unreadable] = []) {
    self.runs = runs.sorted(by: Self.isNewer)
    self.unreadable = unreadable.sorted { $0.name < $1.name }
    trends = Self.trends(self.runs)
  }

  private static func isNewer(_ run: Run, than other: Run) -> Bool {
    (other.summary.manifest.started, other.name) < (run.summary.manifest.started, run.name)
  }

  public var pages: [Page] {
    [Page(path: "index.html", text: index)] + trends.map { Page(path: $0.path, text: $0.text) }
  }

  // MARK: - Trends

  /// What has to be the same for a ratio of one run to be held beside that of another.
  private struct Circumstances: Hashable {
    var profile: String
    var windowS: Double
    var connections: Int
    var deployment: String
    var cpuModel: String
    var processors: Int

    /// nil of a run that has no ratios to the reference to follow.
    init?(_ summary: RunSummary) {
      let manifest = summary.manifest
      guard manifest.behaviour == nil, manifest.comparison == nil, manifest.timed != false, summary.reference != nil
      else { return nil }
      (profile, windowS) = (manifest.profile.name, manifest.profile.windowS)
      (connections, deployment) = (manifest.connections, manifest.deployment)
      (cpuModel, processors) = (manifest.environment.cpuModel, manifest.environment.processors)
    }

    var title: String {
      "\(profile), \(Figure.plain(windowS)) s, \(Figure.counted(connections, "connection")), \(deployment), \(cpuModel), "
        + Figure.counted(processors, "processor")
    }
  }

  private static func trends(_ runs: [Run]) -> [Trend] {
    let groups = Dictionary(grouping: runs) { Circumstances($0.summary) }
    let ordered = groups.compactMap { key, runs in key.map { (title: $0.title, profile: $0.profile, runs: runs) } }
      .sorted { $0.title < $1.title }
    var trends: [Trend] = []
    for (title, profile, runs) in ordered {
      // One run has no trend.
      let connected = connected(runs).filter { $0.count > 1 }
      for runs in connected {
        let newest = runs.prefix(RunTrend.mostRuns).map { (name: $0.name, summary: $0.summary) }
        guard let trend = try? RunTrend(newest) else { continue }
        let scenarios = connected.count > 1 ? ": \(trend.scenarios.joined(separator: ", "))" : ""
        trends.append(
          Trend(
            path: "trends/\(profile)-\(trends.count + 1).html", title: title + scenarios, runs: newest.count,
            text: TrendPage.text(trend)))
      }
    }
    return trends
  }

  /// Those together that have a cell with a ratio in common, or each one with a third.
  private static func connected(_ runs: [Run]) -> [[Run]] {
    var groups: [(cells: Set<[String]>, runs: [Run])] = []
    for run in runs {
      var group = (cells: run.cells, runs: [run])
      let first = groups.partition { !$0.cells.isDisjoint(with: group.cells) }
      for other in groups[first...] { group = (group.cells.union(other.cells), group.runs + other.runs) }
      groups.replaceSubrange(first..., with: [group])
    }
    return groups.map { $0.runs.sorted(by: isNewer) }.sorted { isNewer($0[0], than: $1[0]) }
  }

  // MARK: - Index

  private var index: String {
    HTMLPage.text(
      title: "Framework Shootout: all runs",
      [
        .section(id: "trends", [.heading(2, "Trends")] + trendBlocks),
        .section(id: "runs", [.heading(2, "The runs"), .table(table)]),
      ] + unreadableBlocks)
  }

  private var trendBlocks: [Block] {
    guard !trends.isEmpty else {
      return [
        .paragraph(
          "There is none yet. It takes two runs of make bench with the same profile, deployment and machine, and the reference."
        )
      ]
    }
    return [
      .paragraph("For each framework and scenario, over the runs with the same profile, deployment and machine."),
      .list(trends.map { .link(to: $0.path, "\($0.title): \(Figure.counted($0.runs, "run"))") }),
    ]
  }

  private var table: Table {
    Table(
      "Runs", "The newest first.",
      [.left("Run"), .left("Started"), .wrapped("What"), .wrapped("Frameworks"), .wrapped("Machine"), .left("State")],
      runs.map { run in
        let manifest = run.summary.manifest
        return [
          .link(to: "runs/\(run.name)/report.html", run.name), Words(manifest.started), Words(Self.kind(manifest)),
          Words(manifest.frameworks.map { "\($0.title) \($0.version)" }.joined(separator: ", ")),
          Words("\(manifest.environment.cpuModel), \(Figure.counted(manifest.environment.processors, "processor"))"),
          Words(run.summary.state.rawValue),
        ]
      })
  }

  private var unreadableBlocks: [Block] {
    guard !unreadable.isEmpty else { return [] }
    return [
      .section(
        id: "unreadable",
        [.heading(2, "Without a report"), .list(unreadable.map { "\($0.name): \($0.reason)" })])
    ]
  }

  /// What was measured, in the words of the commands.
  static func kind(_ manifest: Manifest) -> String {
    let scenarios = Figure.counted(manifest.scenarios.count, "scenario")
    if let behaviour = manifest.behaviour {
      let parts = [
        behaviour.curve.map { _ in "load curve" }, behaviour.soak.map { _ in "soak" },
        behaviour.faults.map { _ in "faults" },
      ].compactMap(\.self)
      return "\(parts.joined(separator: ", ")): \(scenarios)"
    }
    if let comparison = manifest.comparison { return "two versions, \(comparison): \(scenarios)" }
    if manifest.timed == false { return "counts: \(scenarios)" }
    return "\(manifest.profile.name): \(scenarios)"
  }
}

extension Site.Run {
  /// The scenario and the framework of each ratio to the reference.
  fileprivate var cells: Set<[String]> {
    Set(
      summary.scenarios.flatMap { scenario in
        scenario.cells.filter { $0.ratioToReference != nil }.map { [scenario.entry.name, $0.framework.name] }
      })
  }
}
