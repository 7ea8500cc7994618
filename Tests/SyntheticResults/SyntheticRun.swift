import Foundation
import Histogram
import Results

/// A run that was never measured: made of literal throughputs, so that a test can say what should come out.
package struct SyntheticRun {
  package var manifest: Manifest
  package var rounds: [Round] = []
  package var verdicts: [ScenarioVerdicts] = []
  package var ends: [String: ScenarioEnd] = [:]
  package var counts: [CellCounts] = []
  package var countVerdicts: [CountVerdicts] = []
  /// All answers are right, unless a test says otherwise.
  package var parities: [ScenarioParity]
  package var profiles: [String] = []
  package var behaviour = BehaviourRecords()

  /// The last framework is the reference.
  package init(scenarios: [String] = ["ping"], frameworks: [String] = ["alpha", "beta", "bare"], rounds: Int = 5) {
    parities = scenarios.map { ScenarioParity(scenario: $0, frameworks: frameworks, faults: [:]) }
    manifest = Manifest(
      started: "2026-07-01T10:00:00Z",
      profile: Manifest.ProfileFigures(name: "quick", warmUpS: 1, rounds: rounds, windowS: 2),
      deployment: "process", seed: "18446744073709551615", connections: 50,
      scenarios: scenarios.map {
        Manifest.ScenarioEntry(
          name: $0, summary: "Measures \($0).", verification: "Every byte is compared.",
          unit: $0 == "websocket" ? "messages" : "requests")
      },
      frameworks: frameworks.map {
        Manifest.FrameworkEntry(
          name: $0, title: $0.capitalized, version: "1.2.3", server: "uvicorn", isReference: $0 == frameworks.last,
          versions: [$0: "1.2.3", "uvicorn": "0.40.0"])
      },
      environment: Manifest.Environment(
        cpuModel: "Test CPU", processors: 2, memoryBytes: 8 << 30, kernel: "6.1.0", operatingSystem: "Debian 12",
        python: "3.11.2", postgres: "15.8", swift: "6.3", revision: "0123abc", settings: ["workers": "4"]))
  }

  /// Adds a round for each figure. Latencies are spread around 10 ms, without chance.
  package mutating func add(
    _ scenario: String, _ framework: String, perSecond figures: [Double], latencyMs: Double = 10
  ) {
    for (index, figure) in figures.enumerated() {
      rounds.append(Self.round(scenario, framework, index + 1, perSecond: figure, latencyMs: latencyMs))
    }
  }

  package static func round(
    _ scenario: String, _ framework: String, _ round: Int, perSecond: Double, latencyMs: Double = 10
  ) -> Round {
    let verified = Int((perSecond * 2).rounded())
    var histogram = Histogram()
    for value in 0..<max(1, verified) {
      let share = (Double(value) + 0.5) / Double(max(1, verified))
      histogram.record(UInt64(latencyMs * 1e6 * (0.8 - 0.2 * log(1 - share))))
    }
    var server = ProcessFigures(processes: 5, cpuUserS: 1.5, cpuSystemS: 0.5, memoryBytes: 100 << 20)
    server.anonymousMemoryBytes = 80 << 20
    return Round(
      scenario: scenario, framework: framework, round: round, position: 1, started: "2026-07-01T10:00:0\(round % 10)Z",
      seed: "7",
      load: LoadFigures(
        windowS: 2, verified: verified, bytesSent: verified * 50, bytesReceived: verified * 150, connections: 50,
        connectionsOpened: 50,
        perSecond: [(1.0, verified / 2), (1.1, verified - verified / 2)].map { slower, verified in
          SecondFigures(
            verified: verified, errors: 0, p50Ms: latencyMs * 0.94 * slower, p99Ms: latencyMs * 1.72 * slower)
        }),
      histograms: ["latency": .encoded(histogram.base64V2())],
      resources: ResourceFigures(
        server: server,
        postgres: ProcessFigures(processes: 9, cpuUserS: 0.2, cpuSystemS: 0.1, memoryBytes: 60 << 20),
        generator: ProcessFigures(processes: 1, cpuUserS: 0.4, cpuSystemS: 0.4, memoryBytes: 20 << 20),
        idleCpuS: [:], otherCpuS: 0.01, stealCpuS: 0, speedProbeNs: round.isMultiple(of: 2) ? 12_000 : 11_400))
  }

  /// Changes the rounds of a cell; `change` sees each of them.
  package mutating func change(_ scenario: String, _ framework: String, _ change: (inout Round) -> Void) {
    for index in rounds.indices where rounds[index].scenario == scenario && rounds[index].framework == framework {
      change(&rounds[index])
    }
  }

  package mutating func remove(_ scenario: String, _ framework: String, rounds gone: [Int]) {
    rounds.removeAll { $0.scenario == scenario && $0.framework == framework && gone.contains($0.round) }
  }

  /// The attachments as the perf tests name them.
  package func attachments() throws -> [AttachedFile] {
    try [AttachedFile("manifest.json", manifest)] + rounds.map { try AttachedFile($0.fileName, $0) }
      + parities.map { try AttachedFile($0.fileName, $0) }
      + counts.map { try AttachedFile($0.fileName, $0) } + countVerdicts.map { try AttachedFile($0.fileName, $0) }
  }
}

/// A file among the attachments of a run.
package struct AttachedFile {
  package var name: String
  package var bytes: Data

  package init(name: String, bytes: Data) {
    self.name = name
    self.bytes = bytes
  }

  package init(_ name: String, _ record: some Encodable) throws {
    self.init(name: name, bytes: try ResultsCoding.encodeSealed(record))
  }

  /// Changes what the file says, as a fault of the suite would: the checksum fits.
  package mutating func change(_ edit: (inout [String: Any]) throws -> Void) throws {
    guard var object = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] else { return }
    object["checksum"] = nil
    try edit(&object)
    bytes = Seal.sealed(try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]))
  }

  /// The same of an object in it.
  package mutating func change(_ key: String, _ edit: (inout [String: Any]) throws -> Void) throws {
    try change { object in
      var inner = object[key] as? [String: Any] ?? [:]
      try edit(&inner)
      object[key] = inner
    }
  }
}

extension RawResults {
  package init(_ attachments: [AttachedFile]) {
    self.init(attachments.map(\.name)) { name in
      guard let file = attachments.first(where: { $0.name == name }) else {
        throw UnreadableFile(reason: "it is not there")
      }
      return file.bytes
    }
  }
}
