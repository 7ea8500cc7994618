import Results

/// The sign of a framework in all charts: a shape and a colour, so that neither has to be told alone.
///
/// Given out in the manifest's order. The colours are those of Okabe and Ito, "Color universal design"
/// (2008), darkened or lightened for the two themes in ``HTMLStyle``; the shapes repeat after six.
struct ChartMark: Equatable {
  let index: Int

  static func of(_ framework: Manifest.FrameworkEntry, in run: RunSummary) -> ChartMark {
    if framework.isReference { return ChartMark(index: Self.reference) }
    return ChartMark(index: run.competitors.firstIndex { $0.name == framework.name } ?? 0)
  }

  private static let reference = -1
  static let shapes = 6

  var isReference: Bool { index == Self.reference }

  /// The classes that colour it, and tell it from all others: `m0` … `m5`, or `mr` for the reference; from the seventh on
  /// `m0 far f6`. Whatever of a chart has them is hidden with its framework.
  var style: String {
    if isReference { return "mr" }
    return index < Self.shapes ? "m\(index)" : "m\(index % Self.shapes) far f\(index)"
  }

  /// Selects what `style` is given to.
  var selector: String {
    if isReference { return ".mr" }
    return index < Self.shapes ? ".m\(index):not(.far)" : ".f\(index)"
  }

  /// The shape around a point, some nine pixels wide.
  func drawn(x: Double, y: Double, hollow: Bool = false) -> Markup {
    let fill = hollow ? "hollow" : "filled"
    if isReference {
      return
        "<path class=\"\(style) stroke\" d=\"M\(x - 4) \(y - 4)L\(x + 4) \(y + 4)M\(x - 4) \(y + 4)L\(x + 4) \(y - 4)\"/>"
    }
    switch index % Self.shapes {
    case 0: return "<circle class=\"\(style) \(fill)\" cx=\"\(x)\" cy=\"\(y)\" r=\"4.5\"/>"
    case 1: return "<rect class=\"\(style) \(fill)\" x=\"\(x - 4)\" y=\"\(y - 4)\" width=\"8\" height=\"8\"/>"
    case 2:
      return "<path class=\"\(style) \(fill)\" d=\"M\(x) \(y - 5.5)L\(x + 5) \(y + 4)H\(x - 5)Z\"/>"
    case 3:
      return
        "<path class=\"\(style) \(fill)\" d=\"M\(x) \(y - 5.5)L\(x + 5.5) \(y)L\(x) \(y + 5.5)L\(x - 5.5) \(y)Z\"/>"
    case 4:
      return "<path class=\"\(style) \(fill)\" d=\"M\(x) \(y + 5.5)L\(x + 5) \(y - 4)H\(x - 5)Z\"/>"
    default:
      return
        "<path class=\"\(style) \(fill)\" d=\"M\(x - 2) \(y - 5)h4v3h3v4h-3v3h-4v-3h-3v-4h3Z\"/>"
    }
  }

  /// The shape alone, to stand before a name.
  var inline: Markup {
    "<svg class=\"mark\" viewBox=\"0 0 14 14\" width=\"14\" height=\"14\" aria-hidden=\"true\">\(drawn(x: 7, y: 7))</svg>"
  }
}
