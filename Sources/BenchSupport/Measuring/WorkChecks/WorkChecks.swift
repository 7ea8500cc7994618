import LoadEngine
import Results
import Stack
import WireFormats

/// What is looked at beside one load, to show that the work was done and not only answered for.
struct WorkChecks {
  private let scenario: Scenario
  private let rows: InsertedRows?
  private let statements: DatabaseStatements?
  private let probe: (any WorkProbe)?
  /// What nobody can look at here.
  private let skipped: [RoundWarning.Kind]

  /// Looks at what there is before the load.
  init(_ scenario: Scenario, _ postgres: Stack.Postgres?, seed: UInt64) throws {
    self.scenario = scenario
    rows = scenario.insertsRows ? try postgres.map { try InsertedRows($0) } : nil
    statements = scenario.statementsPerExchange > 0 ? try postgres.flatMap { try DatabaseStatements($0) } : nil
    probe = try scenario.probe.flatMap { try $0.probe(postgres, seed: seed) }
    var skipped: [RoundWarning.Kind] = []
    if scenario.insertsRows, rows == nil { skipped.append(.checkSkipped(name: InsertedRows.name)) }
    if scenario.statementsPerExchange > 0, statements == nil {
      skipped.append(postgres == nil ? .checkSkipped(name: DatabaseStatements.name) : .statementsUncounted)
    }
    if let kind = scenario.probe, probe == nil { skipped.append(.checkSkipped(name: kind.name)) }
    self.skipped = skipped
  }

  /// To be called as the load begins.
  func begin(_ plan: LoadPlan, _ monitor: LoadMonitor) -> ProbeThread? {
    probe.map { ProbeThread($0, plan.endpoint, plan.work, monitor, seed: plan.seed) }
  }

  /// - Parameters:
  ///   - load: the exchanges of all generators.
  ///   - probed: what the thread has reported that this began.
  func add(to round: inout Round, _ load: ExchangeCount, _ probed: ProbeReport?) throws {
    let all = load + (probed?.count ?? ExchangeCount(answered: 0, sent: 0))
    if let rows { round.checks.append(try rows.check(acknowledged: all.answered)) }
    if let statements {
      round.checks.append(try statements.check(all, perExchange: scenario.statementsPerExchange))
    }
    if let probe, let check = probed?.check(type(of: probe).name) { round.checks.append(check) }
    round.warnings.insert(contentsOf: skipped.map { RoundWarning($0) }, at: 0)
  }
}
