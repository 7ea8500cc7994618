/// How often each stack was seen, from its outermost frame to the innermost, whichever worker it was in.
struct CollapsedStacks: Equatable, Sendable {
  private(set) var counts: [[StackFrame]: Int] = [:]

  var total: Int { counts.values.reduce(0, +) }

  init(_ counts: [[StackFrame]: Int] = [:]) {
    self.counts = counts
  }

  /// What py-spy writes as `raw`: a line for each stack, its frames separated by semicolons, and how often it was seen. The
  /// frames that name a process and its command line are left out, so that the workers are one.
  ///
  /// - Returns: nil where a line is something else.
  init?(raw: String) {
    for line in raw.split(whereSeparator: \.isNewline) {
      guard let space = line.lastIndex(of: " "), let count = Int(line[line.index(after: space)...]), count > 0 else {
        return nil
      }
      // What nobody knows the name of, at the bottom, says nothing, and would hide that threads differ above it.
      let frames = Self.withoutProcesses(line[..<space]).split(separator: ";").map { StackFrame(String($0)) }
        .drop { $0.function == StackFrame.unnamed }
      if !frames.isEmpty { counts[Array(frames), default: 0] += count }
    }
  }

  /// A command line may hold semicolons; its end is a quotation mark before one, or before the end.
  private static func withoutProcesses(_ stack: Substring) -> Substring {
    var rest = stack
    while let match = rest.prefixMatch(of: /process \d+:".*?"(;|$)/) { rest = rest[match.range.upperBound...] }
    return rest
  }

  /// The same again in the order of the alphabet, without a path or a process in it.
  var text: String {
    counts.map { stack, count in (stack.map(\.text).joined(separator: ";"), count) }
      .sorted { $0.0 < $1.0 }
      .map { "\($0.0) \($0.1)\n" }.joined()
  }

  /// The functions in which most samples were taken, with their own samples: at most so many, the most first.
  func busiest(_ most: Int) -> [(frame: StackFrame, count: Int)] {
    var own: [StackFrame: Int] = [:]
    for (stack, count) in counts {
      if let last = stack.last { own[last, default: 0] += count }
    }
    return own.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most).map { ($0.key, $0.value) }
  }
}
