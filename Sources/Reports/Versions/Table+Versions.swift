import Results
import Statistics

extension Table {
  /// A row for each scenario, a column for each figure that was judged: counts first. The worst scenarios first.
  static func changes(_ run: RunSummary) -> Table {
    let judged = run.judged
    let quantities = JudgedFigure.Quantity.all.filter { quantity in judged.contains { $0.quantity == quantity } }
    let rows = run.scenarios.map(\.entry.name).map { name in (name, judged.filter { $0.scenario == name }) }
      .filter { !$0.1.isEmpty }
    func place(_ figures: [JudgedFigure]) -> Int {
      figures.contains { $0.verdict == .fail } ? 0 : figures.contains { $0.verdict == .undecided } ? 1 : 2
    }
    let ordered = rows.enumerated().sorted { (place($0.element.1), $0.offset) < (place($1.element.1), $1.offset) }
    return Table(
      "What changed", "From base to head, per request; in brackets the 95 % interval. ? is inconclusive.",
      [.left("Scenario"), .left("Result")]
        + quantities.map { quantity in .right(Words(heading(quantity, judged))) },
      ordered.map(\.element).map { name, figures in
        [.scenario(name), result(figures)]
          + quantities.map { quantity in
            figures.first { $0.quantity == quantity }.map { change($0, isUniform: isUniform(quantity, judged)) }
              ?? Words(Figure.missing)
          }
      })
  }

  /// `Instructions, up to +0.5 %`: with the threshold where it is the same in all scenarios.
  private static func heading(_ quantity: JudgedFigure.Quantity, _ judged: [JudgedFigure]) -> String {
    let title = quantity.title.capitalizedFirst
    guard isUniform(quantity, judged), let first = judged.first(where: { $0.quantity == quantity }) else {
      return title
    }
    return "\(title), \(first.toleratedText)"
  }

  private static func isUniform(_ quantity: JudgedFigure.Quantity, _ judged: [JudgedFigure]) -> Bool {
    judged.filter { $0.quantity == quantity }.map(\.tolerated).eachOnce.count == 1
  }

  private static func result(_ figures: [JudgedFigure]) -> Words {
    if figures.contains(where: { $0.verdict == .fail }) { return .bad("worse") }
    if figures.contains(where: { $0.verdict == .undecided }) { return .open("inconclusive") }
    if figures.contains(where: \.isClearlyBetter) { return Words("better") }
    return Words(figures.contains(where: \.isWorseAsTolerated) ? "more, tolerated" : "no change")
  }

  private static func change(_ figure: JudgedFigure, isUniform: Bool) -> Words {
    var text = figure.change
    if case .count(let metric) = figure.quantity, metric != .instructions, let before = figure.before,
      let now = figure.now, max(before, now) < 1_000
    {
      text = CountText.change(from: before, to: now)
    } else if let interval = figure.interval, interval.low < interval.high {
      text += " (\(figure.intervalText))"
    }
    if !isUniform { text += ", \(figure.toleratedText)" }
    switch figure.verdict {
    case .fail: return .bad(text)
    case .undecided: return .open("\(text) ?")
    case .pass: return Words(text)
    }
  }

  /// Every threshold with what it rests on: the worse first, then the inconclusive.
  static func judged(_ run: RunSummary) -> Table {
    let judged = run.judged
    let ordered = [ThresholdResult.Outcome.fail, .undecided, .pass].flatMap { verdict in
      judged.filter { $0.verdict == verdict }
    }
    return Table(
      "All thresholds", "Each threshold, with the figures that decided.",
      [
        .left("Scenario"), .left("Figure"), .right("Base"), .right("Head"), .right("Change"), .right("Interval"),
        .right("Tolerated"), .left("Result"), .wrapped("Based on"),
      ],
      ordered.map { figure in
        let result: Words =
          switch figure.verdict {
          case .fail: .bad(figure.result)
          case .undecided: .open(figure.result)
          case .pass: Words(figure.result)
          }
        let words = [
          figure.scenario, figure.quantity.title, CountText.figure(figure.before), CountText.figure(figure.now),
          figure.ratio == nil ? Figure.missing : figure.change, figure.intervalText, figure.toleratedText,
        ]
        return words.map(Words.init) + [result, Words(figure.basis + (figure.reason.map { "; \($0)" } ?? ""))]
      })
  }

  /// A row for each function, or kind of call, that is called more often or less often.
  static func calls(_ differences: [CallDifference], _ scenarios: [String]) -> Table {
    Table(
      "Calls", "Calls for a request, of base and of head; where scenarios differ, from the least to the most.",
      [
        .left("Package"), .left("Function"), .right("Base"), .right("Head"), .right("Difference"),
        .wrapped("Scenarios"),
      ],
      differences.map { difference in
        [
          Words(difference.package), .name(difference.name), Words(difference.base), Words(difference.head),
          Words(difference.difference), Words(difference.scenarios(of: scenarios)),
        ]
      })
  }

  /// A row for each call with which differences begin.
  static func origins(_ origins: [CallOrigin], _ scenarios: [String]) -> Table {
    Table(
      "Where it begins",
      "A call that is made more often or less often although its caller is not, and how many of all calls that are come of it.",
      [
        .left("Caller"), .left("Calls"), .right("Base"), .right("Head"), .right("With what follows"),
        .wrapped("Scenarios"),
      ],
      origins.map { origin in
        [
          .name(origin.caller), .name(origin.function), Words(origin.base), Words(origin.head), Words(origin.following),
          Words(origin.scenarios(of: scenarios)),
        ]
      })
  }

  static func sides(_ differences: [SideDifference]) -> Table {
    Table(
      "What else differs", "Distributions and conditions that are not the same on both sides.",
      [.left(""), .left("Base"), .left("Head")],
      differences.map { [$0.name, $0.base ?? "not there", $0.head ?? "not there"] })
  }

  /// Figures of both sides in one scenario: of all its rounds, which decide nothing by themselves.
  static func measured(_ scenario: ScenarioSummary, _ run: RunSummary) -> Table {
    let unit = scenario.entry.unit
    let figures = [
      "\(unit)/s", "95 % interval", "p50 ms", "p95 ms", "p99 ms", "Errors", "CPU %",
      "CPU µs per \(Reading.singular(unit))", "Memory MiB",
    ]
    let strips = scenario.cells.strips(\.throughputStrip)
    return Table(
      scenario.entry.name,
      "\(scenario.entry.name), over all rounds of both sides. * comes from few responses."
        + TableText.strips([("throughput", strips?.share)]),
      [.left("Side")] + figures.map { .right($0) },
      scenario.cells.enumerated().map { place, cell in
        let figures = [
          TableText.percentile(cell, 50), TableText.percentile(cell, 95), TableText.percentile(cell, 99),
          Figure.count(cell.errorCount), Figure.significant(cell.serverCPUPercent),
          Figure.significant(cell.cpuMicrosecondsPerRequest), Figure.significant(cell.memoryMebibytes),
        ]
        return [
          .framework(cell.framework, run), Words(Figure.significant(cell.throughput)),
          Words(TableText.interval(cell.throughputInterval)).above(strips?.pictures[place] ?? ""),
        ] + figures.map(Words.init)
      })
  }
}

extension CallDifference {
  func scenarios(of all: [String]) -> String { places.map(\.scenario).asScenarios(of: all) }
}

extension CallOrigin {
  func scenarios(of all: [String]) -> String { places.map(\.scenario).asScenarios(of: all) }
}

extension [String] {
  /// `all 14`, `json, ping`, `html, json, path, query and 3 more`
  fileprivate func asScenarios(of all: [String]) -> String {
    if count == all.count, count > 1 { return "all \(count)" }
    return count > 5 ? "\(prefix(4).joined(separator: ", ")) and \(count - 4) more" : joined(separator: ", ")
  }
}

extension Words {
  static func bad(_ text: String) -> Words {
    Words(markdown: "**\(MarkdownPage.escaped(text))**", html: "<strong class=\"bad\">\(text)</strong>")
  }

  /// Neither good nor bad.
  static func open(_ text: String) -> Words {
    Words(markdown: "*\(MarkdownPage.escaped(text))*", html: "<span class=\"open\">\(text)</span>")
  }

  /// A name of a program, which may hold anything but is shown as code on a page only.
  static func name(_ text: String) -> Words {
    Words(markdown: MarkdownPage.escaped(text), html: "<code>\(text)</code>")
  }
}
