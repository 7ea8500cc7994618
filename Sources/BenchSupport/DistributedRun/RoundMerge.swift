import Gate
import Histogram
import Results

/// One round as several generators saw it.
package struct RoundMerge {
  /// In the order of the generators; at least one.
  private let parts: [Round]
  private var cell: String { "round \(parts[0].round) of \(parts[0].scenario) on \(parts[0].framework)" }

  private let policy: GatePolicy

  package init(_ parts: [Round], policy: GatePolicy) {
    precondition(!parts.isEmpty, "somebody has measured")
    self.parts = parts
    self.policy = policy
  }

  /// Counts are summed and histograms merged exactly. What every generator sees alike is taken once.
  package func merged() throws(DistributedMergeError) -> Round {
    guard Set(parts.map(\.position)).count == 1 else {
      throw .differentRounds("\(cell) was not in the same place of the order everywhere")
    }
    var merged = parts[0]
    merged.distributedRun = nil
    merged.started = parts.map(\.started).min() ?? merged.started
    merged.warmUp = warmUp
    merged.load = load
    merged.histograms = try histograms()
    merged.resources = resources
    merged.checks = parts.flatMap(\.checks)
    merged.warnings =
      absences
      + parts.enumerated().flatMap { index, part in
        part.warnings.map { RoundWarning($0.kind, generator: index + 1) }
      }
    return merged
  }

  /// As long as the longest: all agreed on one length, and who had another is named.
  private var windowS: Double { parts.map(\.load.windowS).max() ?? 0 }

  /// As long as the longest, and steady where all saw it so.
  private var warmUp: WarmUpFigures? {
    let all = parts.compactMap(\.warmUp)
    guard let longest = all.map(\.lengthS).max() else { return nil }
    return WarmUpFigures(lengthS: longest, isSteady: all.allSatisfy(\.isSteady))
  }

  private var load: LoadFigures {
    let loads = parts.map(\.load)
    return LoadFigures(
      windowS: windowS, verified: loads.map(\.verified).reduce(0, +),
      errors: loads.reduce(into: [:]) { sum, load in sum.merge(load.errors, uniquingKeysWith: +) },
      failures: loads.enumerated().flatMap { index, load in load.failures.map { "generator \(index + 1): \($0)" } },
      bytesSent: loads.map(\.bytesSent).reduce(0, +), bytesReceived: loads.map(\.bytesReceived).reduce(0, +),
      connections: loads.map(\.connections).reduce(0, +),
      connectionsOpened: loads.map(\.connectionsOpened).reduce(0, +), perSecond: perSecond,
      accounting: accounting)
  }

  /// Of all generators, where each tells it.
  private var accounting: AccountingFigures? {
    let all = parts.compactMap(\.load.accounting)
    guard all.count == parts.count, let first = all.first else { return nil }
    return all.dropFirst().reduce(first, +)
  }

  /// A round holds no histogram of a single second, so there are no percentiles of it to be merged.
  private var perSecond: [SecondFigures] {
    let seconds = parts.map(\.load.perSecond)
    return (0..<(seconds.map(\.count).max() ?? 0)).map { index in
      let own = seconds.filter { index < $0.count }.map { $0[index] }
      return SecondFigures(
        verified: own.map(\.verified).reduce(0, +), errors: own.map(\.errors).reduce(0, +), p50Ms: nil, p99Ms: nil)
    }
  }

  private func histograms() throws(DistributedMergeError) -> [String: HistogramRecord] {
    var merged: [String: HistogramRecord] = [:]
    for name in Set(parts.flatMap(\.histograms.keys)) {
      var sum = Histogram()
      for record in parts.compactMap({ $0.histograms[name] }) {
        do throws(HistogramFormatError) {
          sum.merge(try record.histogram())
        } catch {
          throw .histogram("\(name) in \(cell): \(error)")
        }
      }
      merged[name] = .counted(sum)
    }
    return merged
  }

  private var resources: ResourceFigures {
    func only(_ part: KeyPath<ResourceFigures, ProcessFigures?>) -> ProcessFigures? {
      parts.lazy.compactMap { $0.resources[keyPath: part] }.first
    }
    let generators = parts.compactMap(\.resources.generator)
    let memory = generators.compactMap(\.memoryBytes)
    let generator = ProcessFigures(
      processes: generators.map(\.processes).reduce(0, +), cpuUserS: generators.map(\.cpuUserS).reduce(0, +),
      cpuSystemS: generators.map(\.cpuSystemS).reduce(0, +),
      memoryBytes: memory.count == generators.count ? memory.reduce(0, +) : nil)
    return ResourceFigures(
      server: only(\.server), postgres: only(\.postgres), generator: generators.isEmpty ? nil : generator,
      idleCpuS: parts[0].resources.idleCpuS, otherCpuS: parts[0].resources.otherCpuS,
      stealCpuS: parts.compactMap(\.resources.stealCpuS).max(),
      quotaThrottledS: parts.compactMap(\.resources.quotaThrottledS).max(),
      heatThrottlings: parts.compactMap(\.resources.heatThrottlings).max())
  }

  /// Who was not there for the whole window.
  private var absences: [RoundWarning] {
    let generators = parts.count
    return parts.enumerated().flatMap { index, part -> [RoundWarning] in
      func warning(_ kind: RoundWarning.Kind) -> RoundWarning { RoundWarning(kind, generator: index + 1) }
      guard let place = part.distributedRun else { return [warning(.unknownBegin(generators: generators))] }
      let there = max(0, min(windowS, place.lateS + part.load.windowS) - place.lateS)
      var warnings: [RoundWarning] = []
      if there < windowS * (1 - policy.missedWindow) {
        warnings.append(
          warning(.partOfWindow(lengthS: there, fromS: place.lateS, windowS: windowS, generators: generators)))
      }
      if place.uncertaintyS > windowS * policy.missedWindow {
        warnings.append(
          warning(.uncertainInstant(withinS: place.uncertaintyS, windowS: windowS, generators: generators)))
      }
      return warnings
    }
  }
}
