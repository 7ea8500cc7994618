/// A line of a chart's grid with what it stands for beside it.
enum GridLine {
  static func vertical(_ x: Double, from top: Double, to bottom: Double, _ words: String) -> Markup {
    """
    <line class="grid" x1="\(x)" x2="\(x)" y1="\(top)" y2="\(bottom)"/>\
    <text class="tick" x="\(x)" y="\(bottom + 16)" text-anchor="middle">\(words)</text>

    """
  }

  static func horizontal(_ y: Double, from left: Double, to right: Double, _ words: String) -> Markup {
    """
    <line class="grid" x1="\(left)" x2="\(right)" y1="\(y)" y2="\(y)"/>\
    <text class="tick" x="\(left - 6)" y="\(y + 4)" text-anchor="end">\(words)</text>

    """
  }
}
