import LoadEngine
import Results

/// How far one server of a soak has come: a pure value that is told what happened, and dates each segment by it.
struct SoakedServer: Equatable {
  let framework: String
  /// Counted from 1, over all that the run has seen of it.
  private(set) var start: Int
  private var exchanges: Int
  private var began: Instant?
  private var warmUp: WarmUpFigures?
  /// What went wrong where no segment was measured: it belongs to the next one.
  private var checks: [CheckFigure] = []
  private var errors: (load: LoadFigures, part: String)?
  /// How many segments in a row ended with the server gone.
  private(set) var losses = 0

  /// Of so many nobody goes on.
  static let mostLosses = 3

  /// - Parameter earlier: its segments that the run holds already.
  init(_ framework: String, after earlier: [SoakSegment] = []) {
    self.framework = framework
    start = earlier.filter { $0.round.framework == framework }.map(\.start).max() ?? 0
    exchanges = 0
  }

  static func == (one: SoakedServer, other: SoakedServer) -> Bool {
    one.framework == other.framework && one.start == other.start && one.exchanges == other.exchanges
      && one.losses == other.losses
  }

  /// The server was started, and warmed up by so much load.
  mutating func started(_ warmUp: WarmUpFigures, _ load: LoadFigures) {
    start += 1
    (exchanges, began) = (load.answered, nil)
    self.warmUp = warmUp
    if load.errorCount > 0 { errors = (load, "the warm-up") }
  }

  /// Other processes than those before go on without a warm-up: what they hold is not what those held.
  mutating func replaced() {
    start += 1
    (exchanges, began, warmUp) = (0, nil, nil)
  }

  mutating func failed(_ check: CheckFigure) { checks.append(check) }

  mutating func lost() { losses += 1 }

  /// The record of a segment that was measured; what follows begins after it.
  mutating func measured(
    _ segment: Int, _ round: Round, unsent: Int, from beginning: Instant, to end: Instant
  ) -> SoakSegment {
    var round = round
    if let errors { round.add(errorsOf: errors.load, in: errors.part) }
    round.checks = checks + round.checks
    round.warmUp = warmUp
    (checks, errors, warmUp) = ([], nil, nil)
    let began = self.began ?? beginning
    self.began = began
    defer { exchanges += round.load.answered }
    return SoakSegment(
      segment: segment, start: start, sinceStartS: Double(end.nanoseconds(since: began)) * 1e-9,
      exchangesBefore: exchanges, unsent: unsent, round)
  }

  /// A segment in which the server was there to the end.
  mutating func lasted() { losses = 0 }
}
