import Foundation

/// What a run saw of how servers behave as load grows, lasts or fails. In the manifest's order.
public struct BehaviourRecords: Equatable, Sendable {
  /// By scenario, level, framework and round.
  public var curve: [CurvePoint] = []
  /// By scenario: those that are through.
  public var curveEnds: [CurveEnd] = []
  /// By scenario and framework.
  public var curveLosses: [CurveLoss] = []
  /// By framework and segment.
  public var soak: [SoakSegment] = []
  /// By framework, fault and trial.
  public var faults: [FaultTrial] = []

  public init() {}

  public var isEmpty: Bool { curve.isEmpty && soak.isEmpty && faults.isEmpty }
}

extension RawResults {
  mutating func readCurve(_ files: [String], _ read: (String) throws -> Data) {
    guard let manifest else { return }
    let plan = manifest.behaviour?.curve
    behaviour.curve = inOrder(
      files.compactMap { decode(CurvePoint.self, $0, read) { $0.implausibility(in: manifest) } }
    ) { point in
      [
        manifest.place(scenario: point.round.scenario),
        plan?.levels(of: point.round.scenario).firstIndex(of: point.level) ?? 0,
        manifest.place(framework: point.round.framework), point.round.round,
      ]
    }
  }

  mutating func readCurveEnds(_ files: [String], _ read: (String) throws -> Data) {
    guard let manifest else { return }
    let plan = manifest.behaviour?.curve
    behaviour.curveEnds = inOrder(
      files.compactMap {
        decode(CurveEnd.self, $0, read) { end in
          guard let plan, manifest.scenarios.contains(where: { $0.name == end.scenario }) else {
            return "the manifest expects no curve of \(end.scenario)"
          }
          return (0...plan.rounds).contains(end.rounds) ? nil : "an end after \(end.rounds) rounds"
        }
      }
    ) {
      [manifest.place(scenario: $0.scenario)]
    }
  }

  mutating func readCurveLosses(_ files: [String], _ read: (String) throws -> Data) {
    guard let manifest else { return }
    behaviour.curveLosses = inOrder(
      files.compactMap {
        decode(CurveLoss.self, $0, read) { loss in
          manifest.behaviour?.curve != nil && manifest.expects(loss.scenario, loss.framework)
            ? nil : "the manifest expects no curve of \(loss.scenario) on \(loss.framework)"
        }
      }
    ) {
      [manifest.place(scenario: $0.scenario), manifest.place(framework: $0.framework)]
    }
  }

  mutating func readSoak(_ files: [String], _ read: (String) throws -> Data) {
    guard let manifest else { return }
    behaviour.soak = inOrder(
      files.compactMap {
        decode(SoakSegment.self, $0, read) { segment in
          segment.round.scenario == manifest.behaviour?.soak?.scenario
            && manifest.expects(segment.round.scenario, segment.round.framework)
            ? segment.implausibility
            : "the manifest expects no soak of \(segment.round.scenario) on \(segment.round.framework)"
        }
      }
    ) {
      [manifest.place(framework: $0.round.framework), $0.segment]
    }
  }

  mutating func readFaults(_ files: [String], _ read: (String) throws -> Data) {
    guard let manifest else { return }
    let faults = manifest.behaviour?.faults?.faults ?? []
    behaviour.faults = inOrder(
      files.compactMap {
        decode(FaultTrial.self, $0, read) { trial in
          if let reason = trial.implausibility { return reason }
          return faults.contains(trial.fault) && manifest.frameworks.contains { $0.name == trial.framework }
            ? nil : "the manifest expects no \(trial.fault.rawValue) on \(trial.framework)"
        }
      }
    ) {
      [manifest.place(framework: $0.framework), faults.firstIndex(of: $0.fault) ?? 0, $0.trial]
    }
  }

  /// Two records of one place are both left out: to pick one would be to choose a result.
  private mutating func inOrder<Record: BehaviourRecord>(
    _ records: [Record], by place: (Record) -> [Int]
  ) -> [Record] {
    let byName = Dictionary(grouping: records, by: \.fileName)
    for (name, same) in byName.sorted(by: { $0.key < $1.key }) where same.count > 1 {
      problems.append(
        .implausible(
          file: name, reason: "it is there \(same.count) times, and none is used; right would be one file of it"))
    }
    return records.filter { byName[$0.fileName]?.count == 1 }.sorted { place($0).lexicographicallyPrecedes(place($1)) }
  }
}

extension Manifest {
  fileprivate func expects(_ scenario: String, _ framework: String) -> Bool {
    scenarios.contains { $0.name == scenario } && frameworks.contains { $0.name == framework }
  }

  fileprivate func place(scenario: String) -> Int { scenarios.firstIndex { $0.name == scenario } ?? 0 }
  fileprivate func place(framework: String) -> Int { frameworks.firstIndex { $0.name == framework } ?? 0 }
}
