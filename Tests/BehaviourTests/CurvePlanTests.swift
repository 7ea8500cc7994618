import BenchSupport
import LoadEngine
import Results
import Testing
import WireFormats

@testable import Behaviour

/// Which levels a curve has on which machine, and what each asks of the engine.
@Suite struct CurvePlanTests {
  private static func plan(
    _ profile: Profile, _ limits: CurveLimits, _ scenarios: [(name: String, bytes: Int)] = [("ping", 100)]
  ) -> CurvePlan {
    CurvePlan(profile, scenarios: scenarios, connections: 50, limits: limits)
  }

  private static let ample = CurveLimits(
    openFiles: 65_536, serverOpenFiles: 65_536, ports: 28_232, memoryBytes: 16 << 30)

  private static func connections(_ plan: CurvePlan, _ scenario: String = "ping") -> [Int] {
    plan.levels(of: scenario).filter { $0.kind == .connections }.map(\.value)
  }

  @Test("A machine with room has all levels from 1 to 1,024 connections and from 10 to 120 % of the capacity")
  func whole() {
    let plan = Self.plan(.quick, Self.ample)
    #expect(Self.connections(plan) == [1, 4, 16, 64, 256, 1024])
    let rates = plan.levels(of: "ping").filter { $0.kind == .rate }.map(\.value)
    #expect(rates.first == 10 && rates.last == 120 && rates.contains { $0 > 100 && $0 < 120 })
    #expect(plan.bounds == [])
  }

  @Test("What few open files allow is measured, and what they do not is said")
  func openFiles() {
    var limits = Self.ample
    limits.openFiles = 1024
    let plan = Self.plan(.quick, limits)
    #expect(Self.connections(plan) == [1, 4, 16, 64, 256])
    #expect(plan.bounds == ["ping: without 1024 connections, because 1024 files may be open here (ulimit -n)."])
    limits = Self.ample
    limits.serverOpenFiles = 512
    #expect(
      Self.plan(.quick, limits).bounds == ["ping: without 1024 connections, because a server may have 512 files open."])
  }

  @Test("Large exchanges are bounded by memory, and small ones are not")
  func memory() {
    var limits = Self.ample
    limits.memoryBytes = 8 << 30
    let plan = Self.plan(.quick, limits, [("ping", 100), ("upload", 10 << 20)])
    #expect(Self.connections(plan) == [1, 4, 16, 64, 256, 1024])
    #expect(Self.connections(plan, "upload") == [1, 4, 16, 64])
    #expect(
      plan.bounds == [
        "upload: without 256 and 1024 connections, because 8192 MiB of memory are available, and each exchange moves 10 MiB."
      ])
  }

  @Test("Ports bound thousands of idle connections, the fewest first")
  func idle() {
    var limits = Self.ample
    limits.ports = 4000
    let plan = Self.plan(.standard, limits, [("websocket", 100)])
    #expect(plan.levels(of: "websocket").filter { $0.kind == .idle }.map(\.value) == [50, 1000])
    #expect(plan.levels(of: "websocket").first?.kind == .idle)
    #expect(plan.bounds.first?.hasPrefix("websocket: without 3000 and 10000 connections, because 4000 ports") == true)
  }

  @Test("Idle connections are held in the first round only")
  func onceOnly() {
    let plan = Self.plan(.quick, Self.ample, [("websocket", 100)])
    let idle = LoadLevel(.idle, 1000)
    #expect(plan.measures(idle, inRound: 1) && !plan.measures(idle, inRound: 2))
    #expect(plan.measures(LoadLevel(.rate, 50), inRound: 2))
  }

  @Test("The window of a slow rate is long enough for a percentile, up to a limit")
  func windows() {
    let plan = Self.plan(.quick, Self.ample)
    #expect(CurveWindow.rate(50, ofCapacity: 4000, in: plan).window == .milliseconds(400))
    // Where a queue may grow, overload has time to show.
    #expect(CurveWindow.rate(95, ofCapacity: 4000, in: plan).window == .seconds(1))
    #expect(CurveWindow.rate(50, ofCapacity: 200, in: plan).window == .seconds(2))
    #expect(CurveWindow.rate(10, ofCapacity: 10, in: plan).window == .seconds(4))
    #expect(CurveWindow.rate(50, ofCapacity: 4000, in: plan).perSecond == 2000)
    // A queue near the capacity takes its time to become as long as it will be.
    #expect(CurveWindow.rate(50, ofCapacity: 100, in: plan).warmUp == .milliseconds(180))
    #expect(CurveWindow.rate(120, ofCapacity: 10, in: plan).warmUp == .milliseconds(4100))
  }

  @Test("Idle connections are opened no faster than a server can serve what each begins with")
  func opening() {
    let plan = Self.plan(.quick, Self.ample)
    let streams = CurveWindow.idle(1000, ofCapacity: 100, beginsWithExchange: true, in: plan)
    #expect(streams.rampUp == .seconds(20) && streams.perSecond == 20)
    let sockets = CurveWindow.idle(1000, ofCapacity: 100_000, beginsWithExchange: false, in: plan)
    #expect(sockets.rampUp == .seconds(1) && sockets.perSecond == 500)
  }

  @Test("Idle WebSockets are kept, and take turns")
  func webSockets() throws {
    let material = ScenarioMaterial(fixtures: "", seed: 1, users: [])
    var plan = LoadPlan(
      endpoint: Endpoint(host: "127.0.0.1", port: 1), work: try Scenario.webSocket.work(material))
    CurveWindow.idle(10, ofCapacity: 1000, beginsWithExchange: false, in: Self.plan(.quick, Self.ample)).apply(
      to: &plan, beginsWithExchange: false)
    guard case .webSocket(let script) = plan.work else {
      Issue.record("no WebSocket")
      return
    }
    #expect(script.messagesPerConnection == nil && plan.takesTurns && plan.isBusyInRampUp == false)
  }
}
