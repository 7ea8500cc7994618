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

  /// The same with the frames at its bottom that all its stacks share as one, up to the frame from which they part. They say
  /// how a thread was started, and nothing of what it does.
  private var folded: FlameTree {
    var shared: [StackFrame] = []
    var top = self
    while top.children.count == 1, top.children[0].counts == counts {
      shared += top.frames
      top = top.children[0]
    }
    guard shared.count > 1 else { return self }
    var folded = self
    folded.frames = shared
    folded.children = [top]
    return folded
  }

  var depth: Int { 1 + (children.map(\.depth).max() ?? 0) }
}
