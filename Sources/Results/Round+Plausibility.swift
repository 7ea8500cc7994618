/// Larger counts than this cannot come from a measurement, and sums of smaller ones cannot overflow.
private let largestCount = 1_000_000_000_000_000

extension Manifest {
  /// Why no report can be made from this manifest; nil where one can.
  package var implausibility: String? {
    if !(1...10_000).contains(profile.rounds) { return "\(profile.rounds) rounds" }
    if !profile.windowS.isPositive { return "a window of \(profile.windowS) s" }
    if !(0...largestCount).contains(connections) { return "\(connections) connections" }
    if scenarios.isEmpty || frameworks.isEmpty { return "no scenarios or no frameworks are expected" }
    if scenarios.count > 1_000 || frameworks.count > 1_000 { return "more than 1000 scenarios or frameworks" }
    for names in [scenarios.map(\.name), frameworks.map(\.name)] {
      if let bad = names.first(where: { !isFileName($0) }) { return "'\(bad)' is not usable as a name" }
      if Set(names).count < names.count { return "a name occurs twice among \(names.joined(separator: ", "))" }
    }
    let references = frameworks.filter(\.isReference).map(\.name)
    if references.count > 1 { return "more than one reference: \(references.joined(separator: ", "))" }
    if !(0...1_000_000).contains(environment.processors) { return "\(environment.processors) processors" }
    return behaviour?.implausibility
  }
}

extension Round {
  /// Why this round cannot have been measured; nil where it can.
  package var implausibility: String? {
    if !(1...10_000).contains(round) { return "round \(round)" }
    if !load.windowS.isPositive { return "a window of \(load.windowS) s" }
    let counts =
      [load.verified, load.connections, load.connectionsOpened, load.bytesSent, load.bytesReceived]
      + load.errors.values
      + load.perSecond.flatMap { [$0.verified, $0.errors] }
      + [resources.server, resources.postgres, resources.generator].compactMap { $0?.processes }
    if let bad = counts.first(where: { !(0...largestCount).contains($0) }) { return "a count of \(bad)" }
    if load.errors.count > 1_000 { return "\(load.errors.count) kinds of errors" }
    let seconds =
      [resources.server, resources.postgres, resources.generator].compactMap { $0 }
      .flatMap { [$0.cpuUserS, $0.cpuSystemS] } + resources.idleCpuS.values
    if let bad = seconds.first(where: { !($0 >= 0 && $0 < 1e12) }) { return "\(bad) s of CPU time" }
    return nil
  }
}

extension ScenarioVerdicts {
  /// Why this cannot be; nil where it can.
  package var implausibility: String? {
    if let end, !(1...10_000).contains(end.rounds) { return "an end after \(end.rounds) rounds" }
    return results.lazy.compactMap(\.implausibility).first
  }
}

extension Double {
  fileprivate var isPositive: Bool { self > 0 && self < 1e12 }
}

/// Names become folders and files below the run's directory, so they must not lead out of it.
package func isFileName(_ name: String) -> Bool {
  !name.isEmpty && name.utf8.count <= 100 && name.first != "."
    && name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
}
