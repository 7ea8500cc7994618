import Foundation
import Testing

@testable import Results

/// The files in `Old` were written by the versions before this one, in a run of `PROFILE=quick`; some were given what that run
/// had no occasion to write.
@Suite struct EarlierVersionsTests {
  @Test func `a manifest of version 1 says what it said, under the same keys`() throws {
    let manifest = try read(Manifest.self, "manifest.json")
    #expect(manifest.schema == 3 && manifest.profile.windowS == 0.3 && manifest.profile.warmUpS == 1)
    #expect(
      manifest.environment.cpuModel == "Intel(R) Xeon(R) Processor"
        && manifest.environment.memoryBytes == 25_276_510_208)
    #expect(manifest.frameworks.map(\.isReference) == [false, true])
    #expect(manifest.frameworks[0].versions["python-multipart"] == "0.0.34")
    #expect(try written(manifest) == object("manifest.json"))
  }

  @Test func `what was called an ensemble is a distributed run, and settings have their names of today`() throws {
    let manifest = try read(Manifest.self, "manifest-of-a-generator.json")
    #expect(manifest.distributedRun == DistributedPlace(generator: 2, generators: 3, seed: 77))
    #expect(manifest.environment.settings["workers for each target"] == "4")
    #expect(manifest.environment.settings["workers for each contestant"] == nil)
    #expect(
      try written(manifest)["distributed_run"] == ["generator": 2, "generators": 3, "seed": "77"] as NSDictionary)
  }

  @Test func `a round of version 1 says what it said, under keys that differ only in their case`() throws {
    let round = try read(RoundFile.self, "ping--sanic--round1.json").round
    #expect(round.schema == 3 && round.warmUp == WarmUpFigures(lengthS: 1, isSteady: true))
    #expect(round.fixedRate?.verified == 1002 && round.fixedRate?.p99Ms == 26.738687)
    #expect(round.histograms.keys.sorted() == ["connect", "first_byte", "latency"])
    #expect(try #require(round.histograms["latency"]).histogram().count == UInt64(round.load.verified))
    var expected = try object("ping--sanic--round1.json")
    expected["fixed_rate"] = expected.removeValue(forKey: "fixedRate")
    expected["warm_up"] = expected.removeValue(forKey: "warmUp")
    #expect(try written(round) == expected)
    let resources = try #require(expected["resources"] as? [String: NSObject])
    #expect(resources["other_cpu_s"] == round.resources.otherCpuS as NSNumber?)
    #expect(resources["idle_cpu_s"] == round.resources.idleCpuS as NSObject)
  }

  @Test func `the last round of version 1 says when its scenario ended, and its sentences are facts`() throws {
    let file = try read(RoundFile.self, "ping--sanic--round12.json")
    #expect(file.end == ScenarioEnd(rounds: 12, cause: .outOfTime))
    #expect(
      file.round.distributedRun
        == DistributedFigures(generator: 2, generators: 3, lateS: 0.001, uncertaintyS: 0.0001))
    #expect(file.round.fixedRate?.limitedByGenerator == true && file.round.isLimitedByGenerator)
    let late = "generator 3 of 3 was not there for the whole window: for 1.00 of 2.00 s, from 0.00100 s on"
    #expect(
      file.round.warnings == [
        RoundWarning(.checkSkipped(name: "rows inserted")), RoundWarning(.limitedByGenerator(share: 0.93)),
        RoundWarning(.inWords(sentence: late)),
      ])
    #expect(
      RoundWarning(earlier: "generator 2: limited by the generator")
        == RoundWarning(.limitedByGenerator(share: nil), generator: 2))
    let kept = try ResultsCoding.decode(RoundFile.self, from: ResultsCoding.encodeSealed(file.round))
    #expect(kept.round == file.round && kept.end == nil)
  }

  @Test func `what the gate found in version 1 has its reasons and its baseline as facts`() throws {
    let verdicts = try read(ScenarioVerdicts.self, "gate--ping.json")
    #expect(verdicts.scenario == "ping" && verdicts.end == nil && verdicts.baseline.hasPrefix("baseline portable.json"))
    #expect(
      verdicts.results.map(\.reason) == [
        .inWords(clause: "sanic: the machine was busy with other work in 40 of 40 rounds"),
        .inWords(clause: "sanic: the machine was busy with other work in 40 of 40 rounds"), .acrossThreshold, nil,
      ])
    let first = verdicts.results[0]
    #expect(first.metric == .throughput && first.verdict == .undecided && first.comparedTo == .before)
    #expect(first.rounds == 40 && first.tolerated == 0.9)
    #expect(
      first.baseline
        == BaselineUse(
          name: "portable.json", isOwn: false,
          changes: [
            Change(name: "sanic", then: "25.12.0", now: "25.12.1"), Change(name: "uvloop", then: nil, now: "0.23.0"),
          ]))
    #expect(verdicts.results[3].baseline == nil && verdicts.results[3].comparedTo == .reference)

    let now = try written(verdicts)
    #expect(now.keys.sorted() == ["baseline", "results", "scenario", "schema"])
    let results = try #require(now["results"] as? [[String: NSObject]])
    let before = try #require(object("gate--ping.json")["rulings"] as? [[String: NSObject]])
    // What other methods said is not kept.
    let gone: Set = ["text", "baseline", "effect_size", "bootstrap_low", "bootstrap_high", "mann_whitney_p"]
    for (result, ruling) in zip(results, before) {
      let same = Set(ruling.keys).subtracting(gone)
      #expect(result.filter { same.contains($0.key) } == ruling.filter { same.contains($0.key) })
    }
    #expect(try ResultsCoding.decode(ScenarioVerdicts.self, from: ResultsCoding.encodeSealed(verdicts)) == verdicts)
  }

  @Test func `a round of version 2, which has no checksum, says what it said`() throws {
    let round = try read(RoundFile.self, "ping--sanic--round1--version2.json").round
    #expect(round.schema == 3 && round.load.verified == 3041 && round.load.accounting?.sent == 3679)
    #expect(round.contradiction(nil) == nil)
    var expected = try object("ping--sanic--round1--version2.json")
    expected["schema"] = 1 as NSNumber
    #expect(try written(round) == expected)
  }

  @Test func `what the gate found in version 2 is read as it is`() throws {
    let text = #"""
      {"schema":2,"scenario":"ping","baseline":"none","end":{"rounds":12,"cause":"decided"},"results":[]}
      """#
    let verdicts = try ResultsCoding.decode(ScenarioVerdicts.self, from: Data(text.utf8))
    #expect(verdicts.schema == 3 && verdicts.end == ScenarioEnd(rounds: 12, cause: .decided))
  }

  @Test func `a baseline that was kept before is read, and its settings have their names of today`() throws {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory() + "baselines-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(at: old("baseline.json"), to: folder.appendingPathComponent("portable.json"))
    let conditions = Baseline.Conditions(try read(Manifest.self, "manifest.json"))
    let stored = try #require(try BaselineStore(folder: folder.path).find(for: conditions))
    #expect(stored.baseline.cells[0].logRatiosToReference["throughput"] == [-0.95595, -0.95249, -0.78053])
    #expect(stored.baseline.cells[0].logSpeeds?["cpu_per_request"] == [-0.0034068, 0.0046356, 0.0087916])
    #expect(stored.baseline.settings?["workers for each target"] == "4")
    #expect(stored.baseline.settings?["workers for each contestant"] == nil)
    var expected = try object("baseline.json")
    expected["settings"] = stored.baseline.settings as NSObject?
    #expect(try written(stored.baseline, schema: 1) == expected)
  }

  @Test func `a retest goes by its former name as well`() throws {
    let manifest = try Data(contentsOf: old("manifest.json"))
    let round = try Data(contentsOf: old("ping--sanic--round12.json"))
    let results = RawResults(["manifest.json", "confirm--ping--sanic--round12.json"]) {
      $0.hasPrefix("manifest") ? manifest : round
    }
    #expect(results.retests.map(\.round) == [12] && results.rounds.isEmpty)
  }

  // MARK: Help

  private func old(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Old/\(name)")
  }

  private func read<Record: VersionedRecord>(_ type: Record.Type, _ name: String) throws -> Record {
    try ResultsCoding.decode(type, from: Data(contentsOf: old(name)))
  }

  /// As the file of that time has it.
  private func object(_ name: String) throws -> [String: NSObject] {
    try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: old(name))) as? [String: NSObject])
  }

  /// As it is written now, but for the version.
  private func written(_ record: some Encodable, schema: Int = 3) throws -> [String: NSObject] {
    var object = try #require(
      try JSONSerialization.jsonObject(with: ResultsCoding.encode(record)) as? [String: NSObject])
    #expect(object["schema"] == schema as NSNumber)
    object["schema"] = 1 as NSNumber
    return object
  }
}
