import Histogram
import LoadEngine
import Results
import Statistics

/// One round as several generators saw it.
package struct RoundMerge {
  /// In the order of the generators; at least one.
  private let parts: [Round]
  private var cell: String { "round \(parts[0].round) of \(parts[0].scenario) on \(parts[0].framework)" }

  package init(_ parts: [Round]) {
    precondition(!parts.isEmpty, "somebody has measured")
    self.parts = parts
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
        part.warnings.map { "generator \(index + 1): \($0)" }
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

  /// The evidence holds no histogram of a single second, so there are no percentiles of it to be merged.
  private var perSecond: [SecondFigures] {
    let seconds = parts.map(\.load.perSecond)
    return (0..<(seconds.map(\.count).max() ?? 0)).map { index in
      let own = seconds.filter { index < $0.count }.map { $0[index] }
      return SecondFigures(
        verified: own.map(\.verified).reduce(0, +), errors: own.map(\.errors).reduce(0, +), p50Ms: nil, p99Ms: nil)
    }
  }

  private func histograms() throws(DistributedMergeError) -> [String: String] {
    var merged: [String: String] = [:]
    for name in Set(parts.flatMap(\.histograms.keys)) {
      var sum = Histogram()
      for text in parts.compactMap({ $0.histograms[name] }) {
        do throws(HistogramFormatError) {
          sum.merge(try Histogram(base64V2: text))
        } catch {
          throw .histogram("\(name) in \(cell): \(error)")
        }
      }
      merged[name] = sum.base64V2()
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
      idleCPUS: parts[0].resources.idleCPUS, otherCPUS: parts[0].resources.otherCPUS,
      stealCPUS: parts.compactMap(\.resources.stealCPUS).max(),
      quotaThrottledS: parts.compactMap(\.resources.quotaThrottledS).max(),
      heatThrottlings: parts.compactMap(\.resources.heatThrottlings).max())
  }

  /// Who was not there for the whole window.
  private var absences: [String] {
    parts.enumerated().flatMap { index, part -> [String] in
      let name = "generator \(index + 1) of \(parts.count)"
      guard let place = part.distributedRun else { return ["\(name) does not say when its window began"] }
      let there = max(0, min(windowS, place.lateS + part.load.windowS) - place.lateS)
      var sentences: [String] = []
      if there < windowS * (1 - DistributedMerge.tolerance) {
        sentences.append(
          "\(name) was not there for the whole window: for \(Self.seconds(there)) of \(Self.seconds(windowS)) s, "
            + "from \(Self.seconds(place.lateS)) s on")
      }
      if place.uncertaintyS > windowS * DistributedMerge.tolerance {
        sentences.append(
          "\(name) knows the agreed instant only within \(Self.seconds(place.uncertaintyS)) s of a window of "
            + "\(Self.seconds(windowS)) s")
      }
      return sentences
    }
  }

  private static func seconds(_ seconds: Double) -> String { Figure.significant(seconds) }
}
