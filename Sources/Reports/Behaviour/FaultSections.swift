import Results
import Statistics

/// What a report says of faults under load.
enum FaultSections {
  static func blocks(_ run: RunSummary) -> [Block] {
    guard let plan = run.manifest.behaviour?.faults, !run.behaviour.faults.isEmpty else { return [] }
    let cells = FaultCell.all(run)
    let wrong = FaultFinding.all(cells)
    return [
      .section(
        id: "faults",
        [.heading(2, "When something breaks"), .paragraph(introduction(plan))]
          + (wrong.isEmpty ? [.paragraph("No answer was wrong: what failed, failed visibly.")] : findings(wrong))
          + [
            .table(FaultTables.overview(cells, plan, run)), .list(notTried(cells)),
            .heading(3, "What the clients saw who misbehaved"), .table(FaultTables.clients(cells)),
            .details(
              "Every trial with all figures",
              [.paragraph(FaultTables.explanation), .table(FaultTables.trials(cells, run))]),
          ])
    ]
  }

  private static func introduction(_ plan: FaultPlan) -> String {
    let trials = plan.trials == 1 ? "once" : "\(plan.trials) times"
    return
      "While verified load runs, one thing goes wrong, \(trials) for each framework. Recovery is the time from the end "
      + "of the fault to the first verified response after the last error; a server that still fails after "
      + "\(FaultWords.seconds(plan.limitS)) did not recover. Times are exact to a tenth of a second."
  }

  private static func findings(_ wrong: [FaultFinding]) -> [Block] {
    [.heading(3, "Wrong answers")]
      + wrong.flatMap { finding in
        [.paragraph(.strong(finding.text)), .code([finding.bytes.isEmpty ? "(no bytes were kept)" : finding.bytes])]
      }
  }

  private static func notTried(_ cells: [FaultCell]) -> [String] {
    cells.filter(\.seen.isEmpty).compactMap { cell in
      cell.trials.compactMap(\.notTried).first.map {
        "\(FaultWords.title(cell.fault)) on \(cell.framework.title) was not tried: \($0)."
      }
    }
  }

  /// A sentence for each fault: who came back and when, and who did not.
  static func sentences(_ run: RunSummary) -> [String] {
    guard let plan = run.manifest.behaviour?.faults else { return [] }
    let cells = FaultCell.all(run)
    return plan.faults.compactMap { fault in
      sentence(fault, cells.filter { $0.fault == fault && !$0.seen.isEmpty }, plan)
    }
  }

  /// Of the throughput before: less is worth a word.
  private static let littleServed = 0.5

  private static func sentence(_ fault: InjectedFault, _ cells: [FaultCell], _ plan: FaultPlan) -> String? {
    guard !cells.isEmpty else { return nil }
    let unharmed = cells.filter { $0.unharmed == $0.seen.count }
    let lost = cells.filter { $0.notRecovered > 0 }
    let back = cells.filter { $0.notRecovered == 0 && $0.unharmed < $0.seen.count }
      .sorted { ($0.recoveries.median ?? 0) < ($1.recoveries.median ?? 0) }
    func isWhole(_ cell: FaultCell) -> Bool { !cell.seen.contains { $0.isWhole == false } }
    func times(_ cell: FaultCell) -> String {
      let median = cell.recoveries.count > 1 ? " (median of \(cell.recoveries.count))" : ""
      let missing = isWhole(cell) ? "" : ", and did not replace what was lost within \(FaultWords.seconds(plan.limitS))"
      return
        "\(cell.framework.title) came back in \(FaultWords.seconds(cell.recoveries.median ?? 0))\(median)\(missing)"
    }
    let unreplaced = unharmed.filter { !isWhole($0) }
    let parts =
      cells.filter { $0.wrongAnswers > 0 }.map { cell in
        "\(cell.framework.title) gave \(Figure.counted(cell.wrongAnswers, "wrong answer"))"
      }
      + back.map(times)
      + lost.map { cell in
        let share = cell.notRecovered == cell.seen.count ? "" : " in \(cell.notRecovered) of \(cell.seen.count) trials"
        return "\(cell.framework.title) did not come back within \(FaultWords.seconds(plan.limitS))\(share)"
      }
      + cells.filter { ($0.shareMeanwhile ?? 1) < littleServed }.map { cell in
        "\(cell.framework.title) served \(CurveText.percent(cell.shareMeanwhile)) of what it did before meanwhile"
      }
      + cells.filter { $0.filesLeft > 0 }.map { cell in
        "\(cell.framework.title) left \(Figure.counted(cell.filesLeft, "file")) behind"
      }
      + (unharmed.isEmpty
        ? [] : ["\(Reading.list(unharmed.map(\.framework.title))) served everybody else without an error"])
      + (unreplaced.isEmpty
        ? []
        : [
          "\(Reading.list(unreplaced.map(\.framework.title))) did not replace what was lost within "
            + FaultWords.seconds(plan.limitS)
        ])
    return "\(FaultWords.name(fault).capitalizedFirst): \(parts.joined(separator: "; "))."
  }

  /// Wrong answers: of each kind one line, with its bytes.
  static func findings(_ run: RunSummary) -> [String] {
    FaultFinding.all(FaultCell.all(run)).map { finding in
      finding.text + (finding.bytes.isEmpty ? "" : ": \(finding.bytes.prefix(300))")
    }
  }

  /// What reproduces the run.
  static func command(_ run: RunSummary) -> [String] {
    let faults = run.manifest.behaviour?.faults?.faults ?? []
    let named = faults == InjectedFault.allCases ? "" : " FAULTS=\(faults.map(\.rawValue).joined(separator: ","))"
    return [
      "make faults PROFILE=\(run.manifest.profile.name) DEPLOYMENT=\(run.manifest.deployment)\(named) \\",
      "  FRAMEWORKS=\(run.manifest.frameworks.map(\.name).joined(separator: ","))",
    ]
  }

  static func methodology(_ run: RunSummary) -> [(title: String, text: String)] {
    guard let plan = run.manifest.behaviour?.faults else { return [] }
    return [
      (
        "Faults",
        "A closed loop of 4 to 16 connections runs, each response verified. After \(FaultWords.seconds(plan.beforeS)) one "
          + "thing goes wrong; what lasts, lasts \(FaultWords.seconds(plan.lastsS)). The trial ends when nothing has failed for "
          + "\(FaultWords.seconds(plan.quietS)), throughput is back at 70 % of before and no process is missing, or "
          + "\(FaultWords.seconds(plan.limitS)) after the fault. A wrong answer came whole, says success and is not the expected "
          + "one, or it says success to a request that was cut. An error status is none."
      )
    ]
  }

  static func missing(_ run: RunSummary) -> [String] {
    guard let plan = run.manifest.behaviour?.faults else { return [] }
    return FaultCell.all(run).compactMap { cell in
      let missing = cell.missing(plan)
      guard !missing.isEmpty else { return nil }
      let which =
        missing.count == plan.trials
        ? "all \(Figure.counted(plan.trials, "trial"))"
        : "trial\(missing.count == 1 ? "" : "s") \(missing.map(String.init).joined(separator: ", ")) of \(plan.trials)"
      return "\(cell.fault.rawValue) on \(cell.framework.name) (\(which))"
    }
  }

  /// For a terminal: a line for each fault and framework.
  static func terminal(_ run: RunSummary) -> [String] {
    guard let plan = run.manifest.behaviour?.faults else { return [] }
    return FaultCell.all(run).filter { !$0.trials.isEmpty }.map {
      "\($0.fault.rawValue) on \($0.framework.name): \(FaultWords.outcome($0, plan))"
    }
  }
}

/// A kind of wrong answer of one framework under one fault.
struct FaultFinding: Equatable {
  var text: String
  /// The first bytes, as they can be shown.
  var bytes: String

  static func all(_ cells: [FaultCell]) -> [FaultFinding] {
    cells.flatMap { cell in
      var kinds: [(answer: FaultTrial.WrongAnswer, trials: Set<Int>)] = []
      for trial in cell.trials {
        for wrong in trial.seen?.wrongAnswers ?? [] {
          if let place = kinds.firstIndex(where: { $0.answer.text == wrong.text }) {
            kinds[place].answer.count += wrong.count
            kinds[place].trials.insert(trial.trial)
          } else {
            kinds.append((wrong, [trial.trial]))
          }
        }
      }
      return kinds.map { kind in
        FaultFinding(
          text:
            "\(cell.fault.rawValue) on \(cell.framework.name): \(Figure.counted(kind.answer.count, "wrong answer")) in "
            + "\(Figure.counted(kind.trials.count, "trial")): \(kind.answer.text)",
          bytes: FaultWords.bytes(kind.answer))
      }
    }
  }
}
