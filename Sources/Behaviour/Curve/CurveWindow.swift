import BenchSupport
import LoadEngine
import Results

/// What one window of a curve asks of the engine: a pure value, made of a level and of what was measured before.
package struct CurveWindow: Equatable {
  package var connections: Int
  package var warmUp: Duration
  package var window: Duration
  package var rampUp: Duration?
  /// nil in a closed loop.
  package var perSecond: Double?
  /// So many exchanges are to end in it, and how long it may get for that.
  package var minimumEnded = 0
  package var longest = Duration.zero
  package var isIdle = false

  private static let settling = Duration.milliseconds(100)
  /// A queue forgets how it began within some 1 / (μ(1 − √ρ)²) seconds (Kleinrock, "Queueing Systems" I); near its limit, that is
  /// 4 / (μ(1 − ρ)²) of a queue whose arrivals and services scatter, and a half of it of one whose services do not.
  private static let relaxations = 2.0
  /// In seconds.
  private static let longestGrowth = 4.0
  /// Beyond, windows are too short for a queue to become as long as it would.
  private static let busiest = 0.9
  /// After thousands of connections were opened.
  private static let settlingOfMany = Duration.seconds(1)
  /// A p99 of fewer is the largest of them.
  private static let fewestDue = 200.0
  /// So many times as long as planned a window gets, so that enough falls due or ends.
  private static let stretch = 10

  /// A closed loop.
  package static func connections(_ count: Int, in plan: CurvePlan) -> CurveWindow {
    let window = Duration.seconds(plan.windowS)
    return CurveWindow(
      connections: count, warmUp: settling, window: window, minimumEnded: count, longest: window * stretch)
  }

  /// An open loop at so many percent of a capacity.
  package static func rate(_ percent: Int, ofCapacity capacity: Double, in plan: CurvePlan) -> CurveWindow {
    let rate = capacity * Double(percent) / 100
    // No queue grows at half of the capacity.
    let least = percent > 50 ? plan.rateWindowS : plan.windowS
    let seconds = max(least, min(fewestDue / rate, least * Double(stretch)))
    // The nearer to the capacity, the longer it takes until a queue that begins with nothing is as long as it will be on average.
    let spare = 1 - min(Double(percent) / 100, busiest)
    let growing = relaxations / capacity / (spare * spare)
    return CurveWindow(
      connections: plan.rateConnections, warmUp: settling + .nanoseconds(Int64(min(growing, longestGrowth) * 1e9)),
      window: .nanoseconds(Int64(seconds * 1e9)), perSecond: rate)
  }

  /// Connections that next to nothing is sent on: a message a second for each hundred of the capacity's, spread over all of
  /// them in turn.
  ///
  /// - Parameter beginsWithExchange: whether each carries one exchange before it idles. They are opened no faster than half of
  ///   the capacity allows.
  package static func idle(
    _ count: Int, ofCapacity capacity: Double, beginsWithExchange: Bool, in plan: CurvePlan
  ) -> CurveWindow {
    let rate = min(max(capacity / 20, leastIdleRate), mostIdleRate)
    let cost = beginsWithExchange ? 2 : costOfHandshake
    let opening = max(Double(count) * 0.001, capacity > 0 ? Double(count) / capacity * cost : 0)
    return CurveWindow(
      connections: count, warmUp: count >= 1000 ? settlingOfMany : settling,
      window: .nanoseconds(Int64(max(plan.rateWindowS, plan.windowS * 5) * 1e9)),
      rampUp: .nanoseconds(Int64(opening * 1e9)), perSecond: rate, isIdle: true)
  }

  /// Of a WebSocket, in messages: servers take some four times as long for it, and half of their capacity is left.
  private static let costOfHandshake = 8.0
  private static let leastIdleRate = 20.0
  private static let mostIdleRate = 500.0

  /// Writes it into a plan.
  ///
  /// - Parameter beginsWithExchange: as above.
  package func apply(to plan: inout LoadPlan, beginsWithExchange: Bool) {
    plan.minimumEnded = minimumEnded
    plan.longestWindow = longest
    plan.rampUp = rampUp ?? plan.rampUp
    // Hundreds of closing handshakes at once take longer than one.
    plan.closingTime = .seconds(10)
    guard let perSecond else { return }
    plan.pacing = .openLoop(perSecond: perSecond, arrivals: .poisson)
    // The workers have to share the connections as they do in a closed loop.
    plan.isBusyInRampUp = !isIdle
    guard isIdle else { return }
    plan.takesTurns = true
    plan.beginsWithExchange = beginsWithExchange
    // A connection that is closed after so many messages does not idle.
    if case .webSocket(var script) = plan.work {
      script.messagesPerConnection = nil
      plan.work = .webSocket(script)
    }
  }
}
