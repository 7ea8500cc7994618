import Results
import Statistics

extension Baseline {
  package func ratios(_ scenario: String, _ framework: String, _ metric: Metric) -> RoundRatios {
    cells.first { $0.scenario == scenario && $0.framework == framework }?.ratios(metric) ?? []
  }
}

extension Baseline.Cell {
  /// A list of speeds that is not as long as that of the ratios is not of the same rounds, and is left out.
  package func ratios(_ metric: Metric) -> RoundRatios {
    let logarithms = logRatios[metric.rawValue] ?? []
    let speeds = logSpeeds?[metric.rawValue]
    return RoundRatios(logarithms, speeds: speeds?.count == logarithms.count ? speeds : nil)
  }
}
