import Results
import Statistics
import SyntheticResults
import Testing

@testable import Gate

/// What a soak is taken for: MiB for a million requests, of which five are tolerated.
@Suite struct GrowthTests {
  private static let tolerated = GatePolicy.standard.memorySlope

  /// A start of a server: a level, a slope for each million, and a wave around both.
  private static func start(_ slope: Double, level: Double = 80, wave: Double = 0, count: Int = 60) -> [Drift.Point] {
    (0..<count).map { index in
      let done = Double(index) / 10
      return Drift.Point(done: done, figure: level + slope * done + (index.isMultiple(of: 2) ? wave : -wave))
    }
  }

  private static func verdict(_ starts: [Drift.Point]...) -> Growth.Verdict {
    Growth(starts, tolerating: tolerated).verdict
  }

  @Test func `a slope beyond what is tolerated leaks`() { #expect(Self.verdict(Self.start(12, wave: 0.5)) == .leaks) }

  @Test func `what rises by less than it is held in at a time does not leak, however well its slope is known`() {
    let points = Self.start(12, wave: 0.5)
    #expect(Growth([points], tolerating: Self.tolerated, from: 70).verdict == .leaks)
    let hidden = Growth([points], tolerating: Self.tolerated, from: 72)
    #expect(hidden.verdict == .tooWide)
    #expect(Growth([Self.start(2, wave: 0.1)], tolerating: Self.tolerated, from: 72).verdict == .steady)
  }

  @Test func `a slope that is shown and tolerated grows`() { #expect(Self.verdict(Self.start(2, wave: 0.1)) == .grows) }

  @Test func `a slope that reaches across what is tolerated may leak`() throws {
    let growth = Growth([Self.start(5, wave: 2)], tolerating: Self.tolerated)
    #expect(growth.verdict == .mayLeak)
    #expect(try #require(growth.interval).contains(Self.tolerated))
  }

  @Test func `no slope in a narrow interval is steady, and in a wide one not long enough`() {
    #expect(Self.verdict(Self.start(0, wave: 0.5)) == .steady)
    #expect(Self.verdict(Self.start(0, wave: 300)) == .tooWide)
    #expect(Self.verdict(Self.start(-9, wave: 0.5)) == .steady)
  }

  @Test func `what did not last long enough would after the time that is said`() throws {
    let short = Growth([Self.start(0, wave: 300)], tolerating: Self.tolerated)
    let factor = try #require(short.timesAsLong)
    #expect(factor > 1)
    #expect(Self.verdict(Self.start(0, wave: 300, count: Int(60 * factor / 2))) == .tooWide)
    #expect(Self.verdict(Self.start(0, wave: 300, count: Int(60 * factor * 2))) == .steady)
    #expect(Growth([Self.start(0, wave: 0.5)], tolerating: Self.tolerated).timesAsLong == nil)
    let hidden = Growth([Self.start(12, wave: 0.5)], tolerating: Self.tolerated, from: 72)
    #expect(hidden.verdict == .tooWide && hidden.timesAsLong == nil)
  }

  @Test func `two starts with levels of their own leak as one does`() {
    #expect(Self.verdict(Self.start(12, level: 80), Self.start(12, level: 200, count: 30)) == .leaks)
  }

  @Test func `a few segments have no slope, and say how many there are`() {
    #expect(Self.verdict(Self.start(12, count: 8)) == .unknown(.tooFewPoints(found: 6, needed: 10)))
    #expect(Self.verdict() == .unseen)
  }

  @Test func `memory is read after a segment and descriptors before it`() throws {
    let segments = SyntheticRun.soak("alpha", memoryMebibytes: (0..<40).map { 80 + Double($0) * 0.5 })
    let memory = segments.memoryGrowth(.standard)
    // Half a MiB in each segment of 10,000 requests.
    #expect(abs(try #require(memory.drift).slope - 50) < 0.1)
    #expect(memory.verdict == .leaks)
    #expect(segments.descriptorGrowth(.standard).verdict == .steady)
  }

  @Test func `a server whose processes cannot be seen has no verdict`() {
    var segments = SyntheticRun.soak("alpha", memoryMebibytes: Array(repeating: 80, count: 40))
    for index in segments.indices { segments[index].round.resources.server = nil }
    #expect(segments.memoryGrowth(.standard).verdict == .unseen)
  }
}
