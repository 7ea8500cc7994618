import Foundation
import Reports
import Statistics

/// A flame graph as one SVG that stands alone: the width of a frame is the share of samples in which it was on the stack, and
/// what called it lies below. Of two recordings, the difference between them.
///
/// A pure function of the stacks: the same ones make the same bytes.
struct FlameGraph {
  var title: String
  private let sides: [Side]
  private let tree: FlameTree

  /// One recording and what is known of it.
  struct Side {
    /// Such as `base`; not shown of a single one.
    var name: String
    var stacks: CollapsedStacks
    var target: FrameOrigin.Target
  }

  init(title: String, _ side: Side) {
    self.init(title: title, sides: [side])
  }

  /// What head does more and less of than base.
  init(title: String, base: Side, head: Side) {
    self.init(title: title, sides: [base, head])
  }

  private init(title: String, sides: [Side]) {
    self.title = title
    self.sides = sides
    tree = FlameTree(sides.map(\.stacks))
  }

  private var isDifference: Bool { sides.count == 2 }

  // MARK: - Measures

  private static let width = 1200.0
  private static let margin = 10.0
  private static let row = 18.0
  private static let head = 84.0
  /// Of a character in the frames' font at its size.
  private static let character = 6.65
  /// What is narrower is not drawn: it could be neither seen nor hit.
  private static let narrowest = 0.4

  private var inner: Double { Self.width - 2 * Self.margin }

  /// In how many of the samples, from 0 to 1; of two recordings each counts the same, however long it was.
  private func shares(_ node: FlameTree) -> [Double] {
    zip(node.counts, tree.counts).map { $1 == 0 ? 0 : Double($0) / Double($1) }
  }

  private func share(_ node: FlameTree) -> Double {
    let shares = shares(node)
    return shares.reduce(0, +) / Double(max(shares.count, 1))
  }

  // MARK: - Drawing

  var svg: Markup {
    let rows = Double(tree.depth - 1)
    let height = Self.head + rows * Self.row + Self.margin
    var frames: [Markup] = []
    var x = Self.margin
    for child in tree.children {
      draw(child, x: x, bottom: height - Self.margin, into: &frames)
      x += share(child) * inner
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(height)" width="\(Self.width)" height="\(height)" role="img" aria-labelledby="title summary">
      <title id="title">\(title)</title>
      <desc id="summary">\(summary)</desc>
      <style>\(Self.style)</style>
      <rect class="page" width="\(Self.width)" height="\(height)"/>
      <text class="title" x="\(Self.margin)" y="24">\(title)</text>
      <text class="soft" x="\(Self.margin)" y="43">\(explanation)</text>
      \(legend)\(frames)</svg>

      """
  }

  private func draw(_ node: FlameTree, x: Double, bottom: Double, into frames: inout [Markup]) {
    let width = share(node) * inner
    guard width >= Self.narrowest else { return }
    let label = Self.label(node)
    let room = Int((width - 6) / Self.character)
    let shown = label.count <= room ? label : room < 4 ? "" : String(label.prefix(room - 1)) + "…"
    let text: Markup =
      shown.isEmpty ? "" : "<text class=\"name\" x=\"\(x + 3)\" y=\"\(bottom - 5)\">\(shown)</text>"
    frames.append(
      """
      <g><title>\(hover(node))</title><rect class="\(Markup(stringLiteral: style(of: node)))" x="\(x)" y="\(bottom - Self.row + 1)" width="\(max(width - 0.5, Self.narrowest))" height="\(Self.row - 1)" rx="1.5"/>\(text)</g>

      """)
    var next = x
    for child in node.children {
      draw(child, x: next, bottom: bottom - Self.row, into: &frames)
      next += share(child) * inner
    }
  }

  private static func label(_ node: FlameTree) -> String {
    guard let first = node.frames.first, let last = node.frames.last else { return "" }
    return node.frames.count == 1
      ? first.function : "\(node.frames.count) frames: \(first.function) … \(last.function)"
  }

  private func hover(_ node: FlameTree) -> String {
    let names = node.frames.map(\.text).joined(separator: "\n")
    guard isDifference else {
      return "\(names)\n\(Figure.counted(node.counts[0], "sample")), \(Self.percent(shares(node)[0]))"
    }
    let each = zip(sides, zip(node.counts, shares(node))).map { side, figures in
      "\(side.name): \(Figure.counted(figures.0, "sample")), \(Self.percent(figures.1))"
    }
    return ([names] + each + [Self.points(difference(node))]).joined(separator: "\n")
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

  private static func points(_ difference: Double) -> String {
    String(format: "%+.1f percentage points", difference * 100).replacing("-", with: "−")
  }

  // MARK: - Colours

  private func style(of node: FlameTree) -> String {
    if isDifference { return shade(of: node) }
    guard node.frames.count == 1 else { return "folded" }
    return FrameOrigin(node.frames[0], of: sides[0].target).rawValue
  }

  /// Of head over base, in shares of their samples.
  private func difference(_ node: FlameTree) -> Double {
    let shares = shares(node)
    return shares[1] - shares[0]
  }

  /// The standard error of a difference of two shares (Agresti, Categorical Data Analysis, section 3.1). Samples of one
  /// stack after another are not independent, so that it is rather more than that.
  private func error(_ node: FlameTree) -> Double {
    let variances = zip(shares(node), tree.counts).map { $1 == 0 ? 0 : $0 * (1 - $0) / Double($1) }
    return variances.reduce(0, +).squareRoot()
  }

  /// Below this many standard errors a difference is no difference.
  private static let noise = 2.0
  /// From these differences on, in shares, a colour is stronger.
  private static let steps = [0.0, 0.01, 0.03, 0.1]

  private func shade(of node: FlameTree) -> String {
    let difference = difference(node)
    guard abs(difference) > Self.noise * error(node) else { return "same" }
    let step = Self.steps.filter { abs(difference) >= $0 }.count
    return "\(difference > 0 ? "more" : "less")\(step)"
  }

  private static let shades: [(style: String, title: String)] = [
    ("less4", "less in head"), ("less2", "a little less"), ("same", "no difference beyond chance"),
    ("more2", "a little more"), ("more4", "more in head"),
  ]

  private var legend: Markup {
    var entries = FrameOrigin.allCases.map { ($0.rawValue, $0.title) } + [("folded", "shared start of a thread")]
    if isDifference { entries = Self.shades.map { ($0.style, $0.title) } }
    var x = Self.margin
    var parts: [Markup] = []
    for (style, words) in entries {
      parts.append(
        """
        <rect class="\(Markup(stringLiteral: style))" x="\(x)" y="56" width="14" height="12" rx="1.5"/>\
        <text class="soft" x="\(x + 19)" y="66">\(words)</text>

        """)
      x += 19 + Double(words.count) * 6.4 + 18
    }
    return "\(parts)"
  }

  // MARK: - Words

  private var explanation: String {
    guard isDifference else {
      return
        "\(Figure.counted(tree.counts[0], "sample")) of all workers together. Wider is more time; what called a function lies "
        + "below it. Point at a frame for its file and figures."
    }
    let samples = zip(sides, tree.counts).map { "\(Figure.counted($1, "sample")) of \($0.name)" }.joined(
      separator: ", ")
    return "\(samples). Width is the mean share of both. Point at a frame for the figures of each."
  }

  /// For whoever does not see the picture.
  var summary: String {
    if tree.counts.contains(0) { return "No samples were taken." }
    guard isDifference else {
      let busiest = sides[0].stacks.busiest(5).map { busy in
        "\(busy.frame.text) \(Self.percent(Double(busy.count) / Double(tree.counts[0])))"
      }
      return "Of \(Figure.counted(tree.counts[0], "sample")) most were taken in \(busiest.joined(separator: ", "))."
    }
    let changed = changes.prefix(5).map { "\($0.text) \(Self.points($0.difference))" }
    return changed.isEmpty
      ? "No function has a share of its own that differs beyond chance."
      : "By their own samples these differ most: \(changed.joined(separator: ", "))."
  }

  /// The functions whose own share differs beyond chance, the most first.
  private var changes: [(text: String, difference: Double)] {
    let own = sides.map { Dictionary(uniqueKeysWithValues: $0.stacks.busiest(.max).map { ($0.frame, $0.count) }) }
    let frames = Set(own.flatMap(\.keys))
    let differences = frames.compactMap { frame -> (text: String, difference: Double)? in
      let node = FlameTree(frames: [frame], counts: own.map { $0[frame] ?? 0 })
      let difference = difference(node)
      return abs(difference) > Self.noise * error(node) ? (frame.text, difference) : nil
    }
    return differences.sorted { (abs($1.difference), $0.text) < (abs($0.difference), $1.text) }
  }

  private static let style: Markup = """
    :root { color-scheme: light dark; --page: #fff; --text: #1c1f24; --soft: #5b6470; }
    @media (prefers-color-scheme: dark) { :root { --page: #14171b; --text: #e6e9ee; --soft: #a0a9b5; } }
    text { font: 13px system-ui, "Liberation Sans", sans-serif; fill: var(--text); }
    .title { font-size: 17px; font-weight: 700; } .soft { font-size: 12px; fill: var(--soft); } .page { fill: var(--page); }
    .name { font: 11px ui-monospace, "Liberation Mono", monospace; fill: #111; pointer-events: none; }
    g:hover rect { stroke: var(--text); stroke-width: 1.5; }
    .application { fill: #f2a65a; } .framework { fill: #f3d55b; } .server { fill: #8fc7e8; } .packages { fill: #9bd5b5; }
    .python { fill: #c9ced6; } .native { fill: #d9b3d6; } .folded { fill: #e4e7eb; } .same { fill: #d3d7dd; }
    .more1 { fill: #fbd5c8; } .more2 { fill: #f8b49e; } .more3 { fill: #f28c73; } .more4 { fill: #ea6a52; }
    .less1 { fill: #d3e3f6; } .less2 { fill: #accbee; } .less3 { fill: #82b0e5; } .less4 { fill: #5d97dc; }
    """
}

extension FlameTree {
  /// One frame without what it called.
  fileprivate init(frames: [StackFrame], counts: [Int]) {
    self.frames = frames
    self.counts = counts
    children = []
  }
}
