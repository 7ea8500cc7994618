/// The stacks of one recording, or of two side by side, as a tree from the outermost frames on.
struct FlameTree: Equatable, Sendable {
  /// One frame; where a run of them has no branch, the run.
  var frames: [StackFrame]
  /// The samples of each recording in it and in what it called.
  var counts: [Int]
  /// In the order of their names.
  var children: [FlameTree]

  /// The root, which has no frame of its own, and all samples.
  init(_ recordings: [CollapsedStacks]) {
    let stacks = recordings.enumerated().flatMap { side, recording in
      recording.counts.map { Stack(frames: $0.key[...], side: side, count: $0.value) }
    }
    self.init(frames: [], stacks[...], sides: recordings.count)
    children = children.map(\.folded)
  }

  private struct Stack {
    var frames: ArraySlice<StackFrame>
    var side: Int
    var count: Int
  }

  private init(frames: [StackFrame], _ stacks: ArraySlice<Stack>, sides: Int) {
    self.frames = frames
    counts = Array(repeating: 0, count: sides)
    for stack in stacks { counts[stack.side] += stack.count }
    let calls = Dictionary(grouping: stacks.filter { !$0.frames.isEmpty }) { $0.frames.first! }
    children = calls.sorted { $0.key < $1.key }.map { frame, stacks in
      let rest = stacks.map { Stack(frames: $0.frames.dropFirst(), side: $0.side, count: $0.count) }
      return FlameTree(frames: [frame], rest[...], sides: sides)
    }
  }

  /// Of a thread's samples so many may part from the shared start before its end: of a worker that is just being started.
  private static let strays = 0.05

  /// The same with the frames at its bottom that all its stacks share as one, up to the frame from which they part. They say
  /// how a thread was started, and nothing of what it does. The few that part earlier stand on it, too.
  private var folded: FlameTree {
    var shared: [StackFrame] = []
    var strays: [FlameTree] = []
    var top = self
    while let main = top.children.max(by: { $0.samples < $1.samples }),
      Double(samples - main.samples) <= Self.strays * Double(samples)
    {
      shared += top.frames
      strays += top.children.filter { $0 != main }
      top = main
    }
    guard shared.count > 1 else { return self }
    var folded = self
    folded.frames = shared
    folded.children = ([top] + strays).sorted { $0.frames.lexicographicallyPrecedes($1.frames) }
    return folded
  }

  private var samples: Int { counts.reduce(0, +) }

  var depth: Int { 1 + (children.map(\.depth).max() ?? 0) }
}
