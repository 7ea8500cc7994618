import Behaviour
import BenchSupport
import Foundation
import Results
import Stack
import Text

struct FaultsCommand: Command {
  static let about = CommandDescription(
    name: "faults", group: .look, summary: "what servers do when something breaks under load",
    notes: [
      """
      While verified load runs, one thing goes wrong: a worker is killed, the database
      is stopped and started, clients leave or read slowly, bodies are cut. All faults
      without a name. SHOOTOUT_PROFILE says how often, SHOOTOUT_FRAMEWORKS on whom.
      Only servers that the suite started itself are broken, and all are whole again
      afterwards. Ctrl-C keeps what there is; --run goes on with it.
      exit code: 0 no wrong answer, 1 a wrong answer, 2 trials are missing
      """
    ],
    examples: ["SHOOTOUT_FRAMEWORKS=sanic shootout faults worker-killed", "shootout faults --run latest"])

  @Option("--run", "RUN", .folder, "which to go on with (a new one)") private var chosen: String?
  @Operands("FAULT", .words(InjectedFault.allCases.map(\.rawValue))) private var names: [String]

  private func faults() throws(UsageError) -> [InjectedFault] {
    let words = names.flatMap { $0.split(separator: ",").map(String.init) }
    let known = InjectedFault.allCases.map(\.rawValue)
    if let unknown = words.first(where: { !known.contains($0) && $0 != "all" }) {
      let meant = known.nearest(to: unknown.lowercased()).map { "did you mean \($0)? " } ?? ""
      throw UsageError("unknown fault '\(unknown)'; \(meant)known: all, \(known.joined(separator: ", "))")
    }
    let areAll = words.isEmpty || words.contains("all")
    return InjectedFault.allCases.filter { areAll || words.contains($0.rawValue) }
  }

  private func configuration(_ faults: [InjectedFault]) throws -> Configuration {
    var configuration = try Configuration.read(scenarios: nil)
    guard configuration.deployment.isStartedBySuite else {
      throw UsageError("\(FaultError.notOurs(configuration.deployment))")
    }
    let needed = Set(faults.map(\.scenario.name))
    configuration.scenarios = Scenario.names.filter(needed.contains)
    return configuration
  }

  func run() throws -> ExitCode {
    let results = ResultsDirectory()
    var faults = try faults()
    let earlier = try chosen.map { try EarlierRun($0, \.faults, of: "faults") }
    if let earlier {
      guard names.isEmpty else {
        throw UsageError(
          "--run goes on with the faults of that run; right would be: shootout faults --run \(earlier.directory.name)")
      }
      faults = earlier.plan.faults
    }
    var configuration = try configuration(faults)
    if let earlier {
      configuration = try earlier.settings(configuration)
      if earlier.isWhole { return try earlier.directory.reportWhole() }
    }
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    try results.prepare()
    let progress = DeploymentProgress { print($0) }
    let lease = try StackLease.take(configuration.stack, interrupts)
    defer { lease.giveBack() }
    let run =
      try earlier.map { try BehaviourRun.resume($0.directory, configuration, stack: lease.stack, in: results) }
      ?? BehaviourRun.begin(
        configuration, stack: lease.stack, plan: BehaviourPlan(faults: FaultPlan(configuration.profile, faults)),
        in: results)
    let measurement = try FaultRun(configuration, lease: lease, run: run, interrupts: interrupts, progress: progress)
    do {
      try measurement.measure()
    } catch DeploymentError.interrupted(let cause) {
      lease.giveBack()
      return try run.directory.reportEnded(by: cause, of: "faults")
    } catch {
      lease.giveBack()
      run.directory.reportFailed(of: "faults")
      throw error
    }
    lease.giveBack()
    return try ReportCommand.report(run.directory)
  }
}
