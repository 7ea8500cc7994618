import Gate
import Results
import Statistics

/// What a report says of a soak.
enum SoakSections {
  static func blocks(_ run: RunSummary) -> [Block] {
    let all = SoakSummary.all(run)
    guard all.contains(where: { !$0.segments.isEmpty }) else { return [] }
    let frameworks = all.filter { !$0.segments.isEmpty }.map(\.framework)
    let charts = SoakCharts.all(all, run).map { HTMLPage.figure("\($0.caption)", $0.chart) }
    return [
      .section(
        id: "soak",
        [
          .heading(2, "As hours pass"),
          .list(all.filter { !$0.segments.isEmpty }.map { Words(line($0, run)) }),
          .markup("\(HTMLPage.key(frameworks, run))<div class=\"charts\">\n\(charts)</div>\n"),
          .table(.soak(all, run)),
        ])
    ]
  }

  /// What is known of one framework, in a sentence.
  private static func line(_ soak: SoakSummary, _ run: RunSummary) -> String {
    let unit = SoakReading.unit(run)
    let memory = SoakReading.verdict(soak.memory, of: soak, unit: unit)
    let descriptors = SoakReading.verdict(soak.descriptors, of: soak, unit: unit, what: "descriptors")
    return "\(soak.framework.title), memory: \(memory). Open descriptors: \(descriptors)."
  }

  static func sentences(_ run: RunSummary) -> [String] { SoakReading.sentences(run) }
  static func findings(_ run: RunSummary) -> [String] { SoakReading.findings(run) }
  static func missing(_ run: RunSummary) -> [String] { SoakReading.missing(run) }
}

extension Table {
  /// A row for each framework: what was asked of it, how it went, and what it held.
  static func soak(_ all: [SoakSummary], _ run: RunSummary) -> Table {
    let unit = SoakReading.unit(run)
    return Table(
      "The soak by framework",
      "Verified and failed \(unit), latency in ms from the instant at which each was due, anonymous memory in MiB, and how it and "
        + "open descriptors grow with each million \(unit) (95 % interval).",
      [
        .left("Framework"), .right("Rate"), .right("Time"), .right("Verified"), .right("Errors"), .right("Served"),
        .right("p50"), .right("p99"), .right("At rest"), .right("First"), .right("Last"), .right("MiB per million"),
        .right("Descriptors per million"), .right("Starts"), .wrapped("Memory"),
      ],
      all.map { soak in
        let latency = soak.latency
        return [
          .framework(soak.framework, run), Words(Figure.significant(soak.plan.ratePerSecond, digits: 4)),
          Words(soak.segments.isEmpty ? Figure.missing : SoakReading.time(soak.measuredS)),
          Words(soak.segments.isEmpty ? Figure.missing : Figure.count(soak.verified)),
          Words(soak.segments.isEmpty ? Figure.missing : Figure.count(soak.errors)),
          Words(soak.served.map { "\(Figure.significant($0 * 100, digits: 4)) %" } ?? Figure.missing),
          Words(Figure.significant(latency?[50])), Words(Figure.significant(latency?[99])),
          Words(Figure.significant(soak.memoryAtRestMebibytes)), Words(Figure.significant(soak.firstMemoryMebibytes)),
          Words(Figure.significant(soak.lastMemoryMebibytes)), Words(slope(soak.memory)),
          Words(slope(soak.descriptors)), Words(soak.segments.isEmpty ? Figure.missing : String(soak.starts)),
          soak.memory.verdict == .leaks
            ? .strong(SoakReading.verdict(soak.memory, of: soak, unit: unit))
            : Words(SoakReading.verdict(soak.memory, of: soak, unit: unit)),
        ]
      })
  }

  /// `12.3 (10.1 to 14.5)`
  private static func slope(_ growth: Growth) -> String {
    guard let drift = growth.drift else { return Figure.missing }
    let interval = drift.interval()
    return "\(SoakReading.figure(drift.slope)) (\(SoakReading.figure(interval.low)) to "
      + "\(SoakReading.figure(interval.high)))"
  }
}
