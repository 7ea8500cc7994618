import Gate
import Results
import Statistics

/// How the figures came about, in the words of every report.
enum Methodology {
  static func paragraphs(_ run: RunSummary) -> [(title: String, text: String)] {
    let counts = run.isCounted ? [counts(run)] : whyNothingIsCounted(run)
    if !run.manifest.isTimed {
      return behaviour(run) + counts + SoakReading.methodology(run) + FaultSections.methodology(run)
    }
    if run.manifest.comparison == nil { return timed(run) + counts }
    let own = timed(run).filter { ["Load", "Throughput", "Latency", "Gate"].contains($0.title) }
    return counts + ofVersions + own
  }

  /// How servers were loaded to see how they behave.
  private static func behaviour(_ run: RunSummary) -> [(title: String, text: String)] {
    run.manifest.behaviour?.curve == nil ? [] : [("Load curve", curve(run))] + curveDetails(run)
  }

  /// In a paragraph, what the charts of a load curve rest on.
  static func curve(_ run: RunSummary) -> String {
    guard let plan = run.manifest.behaviour?.curve else { return "" }
    let (limit, share) = (Figure.plain(plan.latencyLimitMs), "\(Figure.plain(plan.servedShare * 100)) %")
    return
      "By connections: a closed loop, in which each connection sends its next request when the last answer has come. By "
      + "rate: an open loop on \(plan.rateConnections) connections with Poisson arrivals, at shares of the largest throughput "
      + "that the same target showed in the same round; latency counts from the instant at which a request was due, and what "
      + "was due and never sent is in it. A rate is held where its p99 is at most \(limit) ms and at least \(share) of what "
      + "was due was served."
  }

  private static func curveDetails(_ run: RunSummary) -> [(title: String, text: String)] {
    guard let plan = run.manifest.behaviour?.curve else { return [] }
    return [
      (
        "What is held",
        "In each round the highest rate that is held lies between two rates. Where exactly is interpolated: p99 as a power of "
          + "the rate, the share that is served as a straight line, whichever limit is met first. The figure is the geometric mean "
          + "of the rounds. Its interval is that of Student’s t over the rounds, and never narrower than the steps between the "
          + "rates. A rate at which the generator was the limit is never taken for one that the server fails. Windows of rates above "
          + "half of the capacity are at least \(Figure.plain(plan.rateWindowS)) s long: what overload adds to a queue in less "
          + "would look as if it were held."
      ),
      (
        "Rounds",
        "Every round measures all levels, and at each level every target once, in an order that is balanced over the rounds. "
          + "Rounds end when the throughput relative to the reference is known within about "
          + "±\(Figure.significant(plan.halfWidth * 100, digits: 2)) % at every number of connections, or when the time is over "
          + "(\(Figure.significant(plan.timeLimitS / 60, digits: 2)) minutes for a scenario). Figures are geometric means of the "
          + "rounds, bands their 95 % intervals. Windows are at least \(Figure.plain(plan.windowS)) s long, and longer where too "
          + "little would end in them."
      ),
      (
        "Verification",
        "Status, length and every body byte (or, where the answer varies, its fields) of every response are checked while "
          + "measuring. Only verified responses count."
      ),
      (
        "Idle connections",
        "They are held once, before anything else but the warm-up, the fewest first, because memory that was once used is seldom "
          + "given back. While they are open a slow open loop uses them in turn. Memory for each connection is what the processes "
          + "hold beyond the level with the fewest connections, divided by the connections beyond those."
      ),
    ]
  }

  /// `/docs/methodology.md` says more.
  private static func counts(_ run: RunSummary) -> (title: String, text: String) {
    let starts = run.counts.flatMap { $0.figures.values.map(\.starts.count) }.max() ?? 1
    return (
      title: "Counts",
      text: Reading.whatCountsAre
        + " Instructions and system calls are counted by valgrind’s callgrind, Python calls by a profile function in a run of "
        + "its own, statements by PostgreSQL, bytes by the load generator. What the worker does without a request is "
        + "subtracted. Each figure is the mean of \(starts == 1 ? "one start" : "up to \(starts) starts") of the server. Counts "
        + "do not see the kernel, waiting, caches, the database’s own work and what several workers do to each other."
    )
  }

  private static func whyNothingIsCounted(_ run: RunSummary) -> [(title: String, text: String)] {
    guard DeploymentKind(rawValue: run.manifest.deployment) == .compose else { return [] }
    return [
      (
        "Counts",
        "What one request costs in instructions, calls and statements was not counted. Servers are started again for that, "
          + "which takes the engine, and the suite’s container is not given it: `make count DEPLOYMENT=docker` counts."
      )
    ]
  }

  /// In the place of what is said of frameworks that compete.
  private static let ofVersions: [(title: String, text: String)] = [
    (
      "Sides",
      "Both sides serve the same application, or each its own, on one machine in one run. Each round measures both once, one "
        + "right after the other, in an order that is balanced over the rounds; a change is the ratio within a round, because "
        + "the speed of a machine drifts from round to round."
    ),
    (
      "Verification",
      "Status, length and every body byte (or, where the answer varies, its fields) of every response are checked while "
        + "measuring. Only verified responses count. Of a scenario with an error nothing is said."
    ),
  ]

  private static func timed(_ run: RunSummary) -> [(title: String, text: String)] {
    let profile = run.manifest.profile
    return [
      (
        "Load",
        "A closed loop of \(run.manifest.connections) connections: each sends its next request when the last response "
          + "has arrived. The connections are opened one after another before each window. After "
          + "\(Figure.plain(profile.warmUpS)) s of warm-up come \(profile.rounds) rounds of "
          + "\(Figure.plain(profile.windowS)) s"
          + (run.verdicts.isEmpty ? ". " : ", or fewer where everything about a scenario is decided earlier. ")
          + "A request that is in flight at the end of a window is not counted. If it stays unanswered, it is an error."
      ),
      (
        "Order",
        "Each round measures every framework once, in an order balanced over the rounds. The others are idle meanwhile; "
          + "the CPU time that they use is recorded."
      ),
      (
        "Verification",
        "Status, length and every body byte (or, where the answer varies, its fields) of every response are checked "
          + "while measuring. Only verified responses count. One error takes the rank from a cell."
      ),
      (
        "Throughput",
        "Verified responses per second: the median of the rounds. Its 95 % interval is a t interval on the logarithms "
          + "of the rounds."
      ),
      (
        "Latency",
        "From the first byte handed to the kernel to the last byte received, over all rounds together. Percentiles are "
          + "nearest ranks from a histogram with at most 1 % relative error. In a closed loop a slow server is sent fewer "
          + "requests, so compare latencies together with throughput."
      ),
      (
        "Resources",
        whatResourcesAre(run)
          + "A framework’s cost is the ratio of its CPU time per exchange to the reference’s within rounds, with a t "
          + "interval on the logarithms. In microseconds, it is this ratio applied to the time of the reference, which is "
          + "taken as exact."
      ),
      (
        "Comparison",
        "Frameworks are compared within rounds, by the logarithm of the ratio of their throughputs, because the speed "
          + "of a machine drifts from round to round. The test is a paired t-test with Holm’s correction over the pairs of "
          + "a scenario at 5 %. A difference that is not significant is called a tie. All frameworks that no other was "
          + "shown to beat share the first place. Margins have intervals at the corrected confidence. Ratios to the "
          + "reference have 95 % intervals, without correction. The reference has no rank. While a window is open, a short "
          + "task on every processor is timed to measure the speed of the machine. With ten rounds or more, the ratios are "
          + "corrected for that speed. They may then differ from the ratios of the throughputs shown."
      ),
    ] + (run.verdicts.isEmpty ? [] : [gate(run)])
  }

  private static func gate(_ run: RunSummary) -> (title: String, text: String) {
    let allowance =
      run.manifest.comparison == nil
      ? "The interval of a change allows for the shift from run to run (\(GatePolicy.standard.runToRun.inWords) for a "
        + "single run) and for the correlation of neighbouring rounds."
      : "The servers of both versions are started several times. The mean of the rounds on one start is one observation, "
        + "because what a single start decides would look like the version."
    return (
      title: "Gate",
      text:
        "A threshold passes if its whole 95 % interval is tolerated. It fails if the whole interval is beyond what is "
        + "tolerated, at a confidence that allows for the number of thresholds: of all runs in which nothing changed, at "
        + "most one in twenty may fail. Everything else is inconclusive: whether the threshold is exceeded is open, also "
        + "where the interval shows a change. " + allowance
    )
  }

  private static func whatResourcesAre(_ run: RunSummary) -> String {
    let ofContainer =
      "CPU time of the whole container in the window (100 % is one core), and the largest memory at the end of a "
      + "window that counted against its limit, without idle file pages. "
    return switch DeploymentKind(rawValue: run.manifest.deployment) {
    case .docker:
      ofContainer + "Requests pass Docker’s proxy for published ports, whose CPU time is not included. "
    case .compose:
      ofContainer + "The load comes from a container beside it, over the network that they have together. "
    case .process, .external, nil:
      "CPU time of the whole process tree in the window (100 % is one core), and the largest proportional memory "
        + "at the end of a window. "
    }
  }

  static func howToReproduce(_ run: RunSummary) -> [String] {
    let frameworks = run.manifest.frameworks.map(\.name).joined(separator: ",")
    let scenarios = run.manifest.scenarios.map(\.name).joined(separator: ",")
    if let sides = VersionSides(run) { return sides.command }
    if run.manifest.behaviour?.faults != nil { return FaultSections.command(run) }
    if run.manifest.behaviour?.soak != nil { return SoakReading.command(run) }
    if let curve = run.manifest.behaviour?.curve {
      return [
        "make curve PROFILE=\(run.manifest.profile.name) DEPLOYMENT=\(run.manifest.deployment) "
          + "LIMIT=\(Figure.plain(curve.latencyLimitMs))ms CONNECTIONS=\(run.manifest.connections) \\",
        "  FRAMEWORKS=\(frameworks) \\", "  SCENARIOS=\(scenarios)",
      ]
    }
    if !run.manifest.isTimed {
      return [
        "make count DEPLOYMENT=\(run.manifest.deployment) \\", "  FRAMEWORKS=\(frameworks) \\",
        "  SCENARIOS=\(scenarios)",
      ]
    }
    let bench =
      DeploymentKind(rawValue: run.manifest.deployment) == .compose
      ? "docker compose run --rm suite bench PROFILE=\(run.manifest.profile.name)"
      : "make bench PROFILE=\(run.manifest.profile.name) DEPLOYMENT=\(run.manifest.deployment)"
    return [
      "\(bench) \\",
      "  FRAMEWORKS=\(frameworks) \\",
      "  SCENARIOS=\(scenarios)",
    ]
  }
}

/// The machine, the versions and the settings of a run, as rows for a table.
enum EnvironmentRows {
  /// What nobody may miss, in three rows.
  static func brief(_ run: RunSummary) -> [(String, String)] {
    let manifest = run.manifest
    let environment = manifest.environment
    let profile = manifest.profile
    return [
      ("Frameworks", manifest.frameworks.map { "\($0.title) \($0.version)" }.joined(separator: " · ")),
      (
        "Measured",
        ([manifest.started]
          + (manifest.isTimed
            ? [
              "profile \(profile.name): \(Trust.rounds(run)) rounds of \(Figure.plain(profile.windowS)) s",
              "\(manifest.connections) connections",
            ] : [manifest.behaviour == nil ? "counts only" : "profile \(profile.name)"])
          + ["deployment \(manifest.deployment)", "seed \(manifest.seed)"]).joined(separator: " · ")
      ),
      (
        "Machine",
        [
          "\(environment.cpuModel), \(Figure.counted(environment.processors, "processor"))",
          environment.operatingSystem, "Python \(environment.python)", "PostgreSQL \(environment.postgres)",
          environment.revision.map { "suite \($0)" },
        ].compactMap(\.self).joined(separator: " · ")
      ),
    ]
  }

  /// What makes two runs comparable where it is the same in both.
  static func conditions(_ run: RunSummary) -> [(String, String)] { load(run) + machine(run) }

  private static func load(_ run: RunSummary) -> [(String, String)] {
    if !run.manifest.isTimed { return [("Deployment", run.manifest.deployment)] }
    let profile = run.manifest.profile
    return [
      (
        "Profile",
        "\(profile.name): \(Figure.plain(profile.warmUpS)) s warm-up, "
          + "\(profile.rounds) × \(Figure.plain(profile.windowS)) s, \(run.manifest.connections) connections"
      ),
      ("Deployment", run.manifest.deployment),
    ]
  }

  private static func machine(_ run: RunSummary) -> [(String, String)] {
    let environment = run.manifest.environment
    return [
      ("Processor", "\(environment.cpuModel), \(Figure.counted(environment.processors, "processor"))"),
      ("Memory", "\(Figure.significant(Double(environment.memoryBytes) / 1_073_741_824)) GiB"),
      ("Operating system", "\(environment.operatingSystem), kernel \(environment.kernel)"),
      ("Python", environment.python),
      ("PostgreSQL", environment.postgres),
      ("Swift", environment.swift),
      ("Suite", environment.revision ?? Figure.missing),
    ]
  }

  /// A row for each setting.
  static func settings(_ run: RunSummary) -> [(String, String)] {
    run.manifest.environment.settings.sorted { $0.key < $1.key }.map { ("Setting \($0.key)", $0.value) }
  }

  /// The machine, how steady it was, and all settings in one row.
  static func all(_ run: RunSummary) -> [(String, String)] {
    let settings = run.manifest.environment.settings.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return [("Started", run.manifest.started)] + load(run) + [("Seed", run.manifest.seed)] + machine(run)
      + (steadiness(run).map { [("Speed", $0)] } ?? [])
      + (settings.isEmpty ? [] : [("Settings", settings.joined(separator: "; "))])
  }

  /// How much the speed of the machine varied, as far as it was probed.
  private static func steadiness(_ run: RunSummary) -> String? {
    run.speedScatter.map {
      "varied by \(Figure.significant($0.deviation * 100, digits: 2)) % (standard deviation over \($0.windows) windows)"
    }
  }

  static func versions(_ framework: Manifest.FrameworkEntry) -> String {
    framework.versions.sorted { ($0.key.lowercased(), $0.key) < ($1.key.lowercased(), $1.key) }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
