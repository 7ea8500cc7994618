import Foundation
import Results
import Statistics

@testable import Gate

/// One scenario of a run on a simulated machine: three targets and the reference, three metrics each.
struct SimulatedScenario {
  static let frameworks = ["a", "b", "c"]
  static let thresholds: [Threshold] = [
    .throughput(downAtMost: 0.05), .cpuPerRequest(upAtMost: 0.05), .p99(upAtMost: 0.15),
  ]
  static let questions = frameworks.flatMap { framework in
    thresholds.map { GateComparison.Question(framework: framework, threshold: $0) }
  }

  /// What the rounds of a run show, by question: the ratios to the reference.
  typealias Rounds = [RoundRatios]
  static let noRounds = Rounds(
    repeating: RoundRatios([], adjustment: GatePolicy.standard.speedAdjustment), count: questions.count)

  /// By threshold: the reference, then the frameworks.
  private var targets: [[SimulatedMachine.Target]]

  init(on machine: inout SimulatedMachine) {
    targets = SimulatedScenario.thresholds.map { _ in
      (0...SimulatedScenario.frameworks.count).map { _ in machine.target() }
    }
  }

  /// The servers of all targets get other shifts; what disturbs the machine goes on.
  mutating func startAnew(on machine: inout SimulatedMachine) {
    for metric in targets.indices {
      for target in targets[metric].indices { targets[metric][target].shift = machine.shift() }
    }
  }

  /// - Parameters:
  ///   - slowdown: By question, what the machine has nothing to do with.
  ///   - start: Of the servers; nil where they are started once.
  mutating func measure(
    rounds: Int, on machine: inout SimulatedMachine, slowdown: [Double], start: Int? = nil
  ) -> Rounds {
    var figures = SimulatedScenario.noRounds
    for _ in 0..<rounds {
      let common = machine.driftStep()
      for (metric, threshold) in SimulatedScenario.thresholds.enumerated() {
        let scale = SimulatedScenario.scale(threshold.metric)
        let window = machine.window()
        let reference = common - window.speed + scale * machine.slowness(&targets[metric][0])
        for framework in SimulatedScenario.frameworks.indices {
          let question = framework * SimulatedScenario.thresholds.count + metric
          let own = machine.window()
          let slowness =
            common - own.speed + scale * machine.slowness(&targets[metric][framework + 1]) + slowdown[question]
          let speed = own.probed.flatMap { probed in window.probed.map { probed - $0 } }
          figures[question].append(
            threshold.metric.worse == .down ? reference - slowness : slowness - reference,
            speed: threshold.metric == .p99 ? nil : speed, start: start)
        }
      }
    }
    return figures
  }

  /// CPU time is steadier than the clock, and a tail is not.
  static func scale(_ metric: Metric) -> Double {
    switch metric {
    case .throughput: 1
    case .cpuPerRequest: 0.5
    case .p99: 2
    // No simulation has them: they are a family of their own.
    case .memory, .memoryAtRest, .memorySlope: 0
    }
  }
}
