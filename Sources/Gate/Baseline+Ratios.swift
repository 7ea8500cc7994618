import Results
import Statistics

extension Baseline {
  package func ratios(
    _ scenario: String, _ framework: String, _ metric: Metric, policy: GatePolicy
  ) -> RoundRatios {
    cells.first { $0.scenario == scenario && $0.framework == framework }?.ratios(metric, policy: policy) ?? []
  }
}

extension Baseline.Cell {
  /// A list of speeds that is not as long as that of the ratios is not of the same rounds, and is left out.
  fileprivate func ratios(_ metric: Metric, policy: GatePolicy) -> RoundRatios {
    let logarithms = logRatiosToReference[metric.rawValue] ?? []
    let speeds = logSpeeds?[metric.rawValue]
    return RoundRatios(
      logarithms, speeds: speeds?.count == logarithms.count ? speeds : nil,
      adjustment: policy.speedAdjustment)
  }
}

extension Baseline {
  /// What the rounds of a run showed, as far as a later run can be held against it: what most rounds of a side were disturbed
  /// or limited in is left out. Whether the run is whole and sound is for its caller to know.
  package init(_ manifest: Manifest, rounds: [Round], policy: GatePolicy) throws(BaselineError) {
    if let comparison = manifest.comparison { throw .comparison(comparison) }
    guard let reference = manifest.frameworks.first(where: \.isReference) else { throw .noReference }
    guard Profile(rawValue: manifest.profile.name)?.isGated(by: policy) == true else {
      throw .profile(manifest.profile.name)
    }
    self.init(
      made: manifest.started, conditions: Conditions(manifest),
      packages: Dictionary(uniqueKeysWithValues: manifest.frameworks.map { ($0.name, $0.versions) }),
      cells: Baseline.cells(manifest).map { scenario, framework in
        let own = rounds.filter { $0.scenario == scenario }
        var ratios: [String: RoundRatios] = [:]
        for metric in Metric.allCases where own.fault(metric, of: framework, in: manifest, policy: policy) == nil {
          ratios[metric.rawValue] = own.ratios(of: framework, to: reference.name, metric, policy: policy)
        }
        return Cell(scenario: scenario, framework: framework, ratios: ratios)
      }, settings: Baseline.settings(manifest))
  }

  /// In a line each: what no later run can be held against, and why.
  package static func leftOut(_ manifest: Manifest, rounds: [Round], policy: GatePolicy) -> [String] {
    cells(manifest).flatMap { scenario, framework in
      let own = rounds.filter { $0.scenario == scenario }
      return Metric.allCases.compactMap { metric -> String? in
        guard own.contains(where: { $0.value(metric, policy: policy) != nil }) else { return nil }
        return own.fault(metric, of: framework, in: manifest, policy: policy).map {
          "\(scenario): \(framework) \(metric.title): \($0)"
        }
      }
    }
  }

  private static func cells(_ manifest: Manifest) -> [(scenario: String, framework: String)] {
    manifest.scenarios.flatMap { scenario in
      manifest.frameworks.filter { !$0.isReference }.map { (scenario.name, $0.name) }
    }
  }
}

extension [Round] {
  /// What speaks against holding a later run against these rounds of one scenario, in words.
  fileprivate func fault(
    _ metric: Metric, of framework: String, in manifest: Manifest, policy: GatePolicy
  ) -> String? {
    manifest.frameworks.filter { $0.name == framework || $0.isReference }.compactMap { side in
      filter { $0.framework == side.name }.fault(metric, in: manifest, policy: policy).map {
        "\(side.name): \($0.text)"
      }
    }.first
  }
}

extension Baseline.Cell {
  /// - Parameter ratios: by metric.
  fileprivate init(scenario: String, framework: String, ratios: [String: RoundRatios]) {
    func rounded(_ logarithms: [Double]) -> [Double] { logarithms.map { Figure.rounded($0, digits: 5) } }
    let known = ratios.filter { $0.value.speeds.contains { $0 != 0 } }
    self.init(
      scenario: scenario, framework: framework,
      logRatiosToReference: ratios.filter { !$0.value.isEmpty }.mapValues { rounded($0.logarithms) },
      logSpeeds: known.isEmpty ? nil : known.mapValues { rounded($0.speeds) })
  }
}
