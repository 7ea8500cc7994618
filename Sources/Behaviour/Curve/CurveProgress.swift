import BenchSupport
import Foundation
import LoadEngine
import Results
import Statistics

/// Tells a person how far a curve is: a line that changes on a terminal, and a plain line for each level elsewhere.
package final class CurveProgress: Sendable {
  private let terminal: TerminalLine?
  private let line: @Sendable (String) -> Void

  package init(terminal: TerminalLine? = TerminalLine.find(), line: @escaping @Sendable (String) -> Void) {
    self.terminal = terminal
    self.line = line
  }

  package func say(_ text: String) {
    terminal?.erase()
    line(text)
  }

  func begin(
    _ scenario: Scenario, _ level: LoadLevel, _ framework: String, round: Int, of rounds: Int, _ monitor: LoadMonitor
  ) {
    let place = round == 0 ? "warm-up" : "round \(round)/\(rounds)  \(level.inWords)"
    terminal?.show("\(scenario.name)  \(place)  \(framework)")
  }

  func end() { terminal?.erase() }

  /// A level is through.
  func tell(_ scenario: Scenario, _ level: LoadLevel, round: Int, of rounds: Int, _ points: [CurvePoint]) {
    guard terminal == nil, !points.isEmpty else { return }
    let figures = points.map { point in
      let errors = point.round.load.errorCount
      return "\(point.round.framework) \(Figure.significant(point.round.load.verifiedPerSecond))"
        + (errors == 0 ? "" : " (\(errors) errors)")
    }
    line(
      "\(scenario.name)  round \(round)/\(rounds)  \(level.inWords)  \(scenario.unit)/s: "
        + figures.joined(separator: "  "))
  }
}

extension LoadLevel {
  /// `64 connections`, `85 % of the capacity`, `10,000 idle connections`.
  package var inWords: String {
    switch kind {
    case .connections: Figure.counted(value, "connection")
    case .rate: "\(value) % of the capacity"
    case .idle: "\(Figure.count(value)) idle connections"
    }
  }
}
