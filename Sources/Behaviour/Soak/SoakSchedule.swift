import Results
import Statistics

/// Which segments a soak still has to measure, and in which order.
struct SoakSchedule: Equatable {
  /// The segments that are measured at the same time.
  struct Step: Equatable {
    var segment: Int
    var frameworks: [String]
  }

  let steps: [Step]

  /// - Parameter done: what was measured before.
  init(_ plan: SoakPlan, _ frameworks: [String], done: [SoakSegment] = []) {
    let known = Set(done.map(\.fileName))
    steps = (1..<plan.segments + 1).flatMap { segment -> [Step] in
      let order = RoundOrder.order(round: segment, targets: frameworks.count).map { frameworks[$0] }
      let open = order.filter { !known.contains(SoakSegment.fileName($0, segment)) }
      if open.isEmpty { return [] }
      return plan.isTogether
        ? [Step(segment: segment, frameworks: open)] : open.map { Step(segment: segment, frameworks: [$0]) }
    }
  }
}
