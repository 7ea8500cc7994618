import BenchSupport
import Foundation
import LoadEngine
import Testing
import WireFormats

/// What connections do while they come to stand, and what it leaves to a schedule.
@Suite struct RampUpTests {
  private static let service = Duration.milliseconds(5)
  private static let connections = 40

  /// All connections wait for an answer when the last of them stands: 200 ms of work.
  @Test("Nothing falls due before a slow server has done what came before the schedule", arguments: [1, 2])
  func queue(threads: Int) throws {
    let server = QueueServer(service: Self.service)
    defer { server.stop() }
    let material = ScenarioMaterial(fixtures: "", seed: 1, users: [])
    var plan = LoadPlan(
      endpoint: Endpoint(host: "127.0.0.1", port: server.port), work: try Scenario.ping.work(material))
    plan.connections = Self.connections
    plan.threads = threads
    plan.pacing = .openLoop(perSecond: 5, arrivals: .constant)
    plan.isBusyInRampUp = true
    plan.requests = 3
    plan.warmUp = .zero
    plan.window = .seconds(60)
    let result = try plan.run()
    #expect(result.measured.verified == 3 && result.errors.total == 0, "\(result.failures)")
    let visits = server.takeVisits().visits
    #expect(visits.count >= Self.connections + 3)
    let first = try #require(visits.suffix(3).first)
    #expect(first.departure - first.arrival == UInt64(Self.service.inSeconds * 1e9))
  }
}
