import Results
import Statistics

extension Table {
  /// Throughput by connections.
  static func curveThroughput(_ curve: LoadCurve, _ run: RunSummary) -> Table {
    curveTable(
      "Throughput of \(curve.entry.name) by connections",
      "Verified \(curve.entry.unit) per second, with 95 % intervals, and relative to the reference.\(note(curve, .connections))",
      "Connections", curve, run, .connections
    ) { level in
      CurveText.estimate(level.throughput) + (level.ratio.map { ", \(Figure.ratio($0.ratio))" } ?? "")
    }
  }

  static func curveLatency(_ curve: LoadCurve, _ run: RunSummary) -> Table {
    curveTable(
      "Latency of \(curve.entry.name) by connections",
      "p50 / p99 in ms, p99 with its 95 % interval. * comes from few responses.\(note(curve, .connections))",
      "Connections", curve, run, .connections
    ) { level in
      "\(Figure.significant(level.p50?.value)) / \(CurveText.p99(level))"
    }
  }

  static func curveRates(_ curve: LoadCurve, _ run: RunSummary) -> Table {
    curveTable(
      "p99 of \(curve.entry.name) by rate",
      """
      Offered per second: p99 in ms from the instant at which a request was due, with its 95 % interval, and how much of what \
      was due was served. * comes from few responses.\(note(curve, .rate))
      """,
      "% of capacity", curve, run, .rate
    ) { level in
      "\(Figure.significant(level.offered)): \(CurveText.p99(level)), \(CurveText.percent(level.served))"
    }
  }

  static func curveKnees(_ curve: LoadCurve, _ run: RunSummary) -> Table {
    Table(
      "What is held in \(curve.entry.name)",
      "The highest rate whose p99 is at most \(Figure.plain(curve.plan.latencyLimitMs)) ms, and of which at least "
        + "\(Figure.plain(curve.plan.servedShare * 100)) % is served.",
      [.left("Framework"), .right("\(curve.entry.unit) per second"), .right("95 % interval"), .right("rounds")],
      CurveText.byKnee(curve).map { one in
        var (interval, rounds) = (Figure.missing, Figure.missing)
        if case .known(_, let known, let count) = one.knee {
          (interval, rounds) = (CurveText.interval(known), String(count))
        }
        return [
          Words.framework(one.framework, run), Words(CurveText.knee(one.knee)), Words(interval), Words(rounds),
        ]
      })
  }

  /// Memory and errors, which no chart shows.
  static func curveCost(_ curve: LoadCurve, _ run: RunSummary) -> Table {
    curveTable(
      "Memory and errors of \(curve.entry.name) by connections",
      "Memory of the server's processes in MiB at the end of a window, the median of the rounds, and errors over all rounds. "
        + "Memory that was once used is seldom given back.",
      "Connections", curve, run, .connections
    ) { level in
      "\(CurveText.mebibytes(level.memoryBytes)), \(CurveText.errors(level))"
    }
  }

  /// nil where none were asked for.
  static func curveIdle(_ curve: LoadCurve, _ run: RunSummary) -> Table? {
    let rows = curve.frameworks.flatMap { one in
      IdleCost.all(one).map { cost in
        [
          Words.framework(one.framework, run), Words(Figure.count(cost.level.level.value)),
          Words(Figure.count(cost.idle.standing)), Words(Figure.count(cost.idle.reopened)),
          Words(CurveText.mebibytes(cost.idle.serverBytes)),
          Words(CurveText.kibibytes(cost.bytesOfConnection)),
          Words("\(Figure.significant(cost.level.p50?.value)) / \(CurveText.p99(cost.level))"),
          Words(CurveText.percent(cost.level.served)), Words(CurveText.errors(cost.level)),
        ]
      }
    }
    if rows.isEmpty { return nil }
    return Table(
      "Idle connections of \(curve.entry.name)",
      "Of the connections opened, those that stood at the end and those that the server had closed meanwhile; the memory of "
        + "the server's processes while they were open, and for each connection beyond the fewest; p50 / p99 in ms of "
        + "\(curve.entry.unit) on them. * comes from few responses.",
      [.left("Framework")]
        + ["opened", "standing", "closed by the server", "MiB", "KiB each", "p50 / p99", "served", "errors"].map {
          .right($0)
        }, rows)
  }

  private static func note(_ curve: LoadCurve, _ kind: LoadLevel.Kind) -> String {
    curve.frameworks.contains { $0.levels(kind).contains(where: \.isLimitedByGenerator) }
      ? " † the generator was the limit: no figure of the server." : ""
  }

  /// A row for each level, a column for each framework.
  private static func curveTable(
    _ title: String, _ caption: String, _ head: String, _ curve: LoadCurve, _ run: RunSummary, _ kind: LoadLevel.Kind,
    _ words: (CurveLevel) -> String
  ) -> Table {
    let levels = curve.plan.levels(of: curve.entry.name).filter { $0.kind == kind }
    return Table(
      title, caption, [.left(head)] + curve.frameworks.map { .right($0.framework.title) },
      levels.map { level in
        [Figure.count(level.value)]
          + curve.frameworks.map { one in
            one.levels.first { $0.level == level }.map { words($0) + ($0.isLimitedByGenerator ? " †" : "") }
              ?? Figure.missing
          }
      })
  }
}
