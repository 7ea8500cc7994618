import Text

/// HTML or SVG text in which every interpolated value has been escaped.
///
/// A literal is markup as it stands; `\(value)` in it is text for the reader; only a `Markup` put into
/// another one goes in unchanged. So nothing that a server or a manifest says can become markup.
package struct Markup: Equatable, Sendable, ExpressibleByStringInterpolation {
  package private(set) var text: String

  package init(stringLiteral literal: String) {
    text = literal
  }

  package init(stringInterpolation: StringInterpolation) {
    text = stringInterpolation.text
  }

  /// Data for a script element, where a browser escapes nothing.
  init(json: String) {
    precondition(!json.contains("<"), "a < in a script element could end it")
    text = json
  }

  package static func += (left: inout Markup, right: Markup) { left.text += right.text }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity)
    }

    package mutating func appendLiteral(_ literal: String) { text += literal }

    package mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

    package mutating func appendInterpolation(_ parts: [Markup]) {
      for part in parts { text += part.text }
    }

    package mutating func appendInterpolation(_ words: String) { text += Markup.escaped(words) }

    package mutating func appendInterpolation(_ number: Int) { text += String(number) }

    /// A coordinate: one decimal is finer than a pixel.
    package mutating func appendInterpolation(_ number: Double) {
      let tenths = (number * 10).rounded()
      let whole = tenths == 0 ? 0 : tenths / 10
      text += whole == whole.rounded() && abs(whole) < 1e15 ? String(Int(whole)) : String(whole)
    }
  }

  /// Text for elements and for quoted attributes. Line feeds and tabs are white space in it; other controls, which XML mostly
  /// forbids even as references, and what turns the direction of writing are shown as escapes. What is no character at all
  /// becomes U+FFFD.
  package static func escaped(_ words: String) -> String {
    var result = ""
    for scalar in words.escapingControlsWithinLines.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case _ where scalar.value & 0xfffe == 0xfffe: result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
