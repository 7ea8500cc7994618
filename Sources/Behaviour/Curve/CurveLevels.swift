import BenchSupport
import Gate
import LoadEngine
import Results

/// Which levels a curve has, and how long it may take.
///
/// Connections in steps of four: throughput and latency change by factors, and a finer grid would tell little more. Rates lie
/// apart where nothing happens, and close around and above the knee, which is where a queue begins to grow: 105 and 120 % are
/// there so that every server fails somewhere, however low its capacity was measured.
extension CurvePlan {
  package static let latencyLimitMs = 50.0
  private static let servedShare = 0.99

  /// - Parameters:
  ///   - scenarios: with the bytes of a request and its answer.
  package init(
    _ profile: Profile, scenarios: [(name: String, bytes: Int)], connections: Int, limits: CurveLimits,
    latencyLimitMs: Double = CurvePlan.latencyLimitMs
  ) {
    let size = profile.curveSize
    var levels: [String: [LoadLevel]] = [:]
    var bounds: [String] = []
    for (name, bytes) in scenarios {
      let wanted =
        (size.idle[name] ?? []).map { LoadLevel(.idle, $0) } + size.connections.map { LoadLevel(.connections, $0) }
        + size.rates.map { LoadLevel(.rate, $0) }
      var left: [(level: LoadLevel, reason: String)] = []
      levels[name] = wanted.filter { level in
        // Idle connections move next to nothing.
        let obstacle =
          level.kind == .rate
          ? nil : limits.obstacle(to: level.value, bytesOfExchange: level.kind == .idle ? 0 : bytes)
        if let obstacle { left.append((level, obstacle)) }
        return obstacle == nil
      }
      bounds += CurvePlan.sentences(name, left)
    }
    self.init(
      levels: levels, rounds: size.rounds, windowS: size.windowS, rateWindowS: size.rateWindowS,
      timeLimitS: size.timeLimitS, rateConnections: connections, latencyLimitMs: latencyLimitMs,
      servedShare: Self.servedShare,
      halfWidth: GatePolicy.standard.narrowOfCurve, bounds: bounds)
  }

  private static func sentences(_ scenario: String, _ left: [(level: LoadLevel, reason: String)]) -> [String] {
    let reasons = left.map(\.reason)
    return Set(reasons).sorted().map { reason in
      let levels = left.filter { $0.reason == reason }.map { "\($0.level.value)" }
      return "\(scenario): without \(levels.joined(separator: " and ")) connections, because \(reason)."
    }
  }
}

extension Profile {
  fileprivate struct CurveSize {
    var connections = [1, 4, 16, 64, 256, 1024]
    var rates = [10, 25, 50, 65, 75, 85, 95, 105, 120]
    var idle: [String: [Int]]
    var rounds: Int
    var windowS: Double
    /// Of rates at which a queue may grow. Overload by a twentieth makes a queue of 50 ms in a second: in less than that it
    /// would look as if it were held.
    var rateWindowS: Double
    var timeLimitS: Double
  }

  fileprivate var curveSize: CurveSize {
    // As many streams as there are connections have to be sent before they idle, which takes a while.
    let many = ["websocket": [50, 1000, 10_000], "sse": [50, 1000]]
    let all = [50, 1000, 3000, 10_000]
    return switch self {
    case .smoke:
      CurveSize(
        connections: [1, 16], rates: [50, 120], idle: ["websocket": [10, 100], "sse": [10, 50]], rounds: 2,
        windowS: 0.2,
        rateWindowS: 0.3, timeLimitS: 30)
    case .quick: CurveSize(idle: many, rounds: 8, windowS: 0.4, rateWindowS: 1, timeLimitS: 330)
    case .standard:
      CurveSize(idle: ["websocket": all, "sse": all], rounds: 10, windowS: 2, rateWindowS: 3, timeLimitS: 1800)
    case .full:
      CurveSize(idle: ["websocket": all, "sse": all], rounds: 5, windowS: 10, rateWindowS: 10, timeLimitS: 7200)
    }
  }
}

extension Work {
  /// Of the largest request and its answer, as far as they are known.
  package var bytesOfExchange: Int {
    switch self {
    case .http(let exchanges):
      exchanges.map { ($0.request.body.byteCount ?? 0) + $0.expectation.body.byteCount }.max() ?? 0
    case .webSocket(let script): script.messages.map { $0.text.count + $0.answer.byteCount }.max() ?? 0
    }
  }
}

extension BodyExpectation {
  fileprivate var byteCount: Int {
    switch self {
    case .anything, .pattern: 0
    case .exactly(let bytes), .json(let bytes): bytes.count
    case .events(let events): events.reduce(0) { $0 + $1.data.utf8.count }
    }
  }
}
