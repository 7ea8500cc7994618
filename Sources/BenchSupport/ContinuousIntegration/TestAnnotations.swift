import LoadEngine
import Text

/// The failures in what `swift test` prints, as annotations that GitHub shows on their lines.
///
/// Source: GitHub, "Workflow commands": `::error file=…,line=…,col=…::message`, where `%` and line feeds are written as
/// `%25` and `%0A`, and in properties `:` and `,` as `%3A` and `%2C`. Other controls are shown as escapes.
public struct TestAnnotations: Equatable, Sendable {
  public var annotations: [Annotation]

  public struct Annotation: Equatable, Sendable {
    /// Relative to the checkout, where the file is in it.
    public var file: String
    public var line: Int
    public var column: Int
    public var message: String

    package init(
      file: String, line: Int, column: Int, message: String
    ) {
      self.file = file
      self.line = line
      self.column = column
      self.message = message
    }

    /// What says nothing but that there is an issue makes way for what the issue is.
    package mutating func add(_ line: Substring) {
      message = message == "Issue recorded" ? String(line) : message + "\n" + line
    }

    public var text: String {
      "::error file=\(Self.escaped(file, inProperty: true)),line=\(line),col=\(column)::\(Self.escaped(message))"
    }

    private static func escaped(_ text: String, inProperty: Bool = false) -> String {
      let value = text.escapingControlsWithinLines.replacing("%", with: "%25").replacing("\n", with: "%0A")
      return inProperty ? value.replacing(":", with: "%3A").replacing(",", with: "%2C") : value
    }
  }

  /// Beyond this many, GitHub shows none of a step.
  public static let most = 10

  /// - Parameters:
  ///   - log: the output of `swift test`: recorded issues of Swift Testing, errors of the compiler.
  ///   - checkout: the absolute path of the checkout.
  ///   - files: the paths of its sources, relative to it. Swift Testing prints the last part of a path only.
  public init(_ log: String, checkout: String, files: [String]) {
    var found: [Annotation] = []
    /// Whether the line before belongs to the last of them.
    var goesOn = false
    for line in log.split(whereSeparator: \.isNewline) {
      if let issue = Self.issue(line, files) {
        found.append(issue)
        goesOn = true
      } else if goesOn, line.hasPrefix(Self.continuation) {
        found[found.count - 1].add(line.dropFirst(Self.continuation.count))
      } else {
        goesOn = false
        if let error = Self.compilerError(line, checkout) { found.append(error) }
      }
    }
    annotations = found.enumerated().filter { !found[..<$0.offset].contains($0.element) }.map(\.element)
  }

  /// What an issue says of itself stands in the lines below it.
  private static let continuation = "↳ "

  /// As many lines as GitHub shows; the last one says how many more there are.
  public var lines: [String] {
    guard annotations.count > Self.most else { return annotations.map(\.text) }
    return annotations.prefix(Self.most - 1).map(\.text)
      + ["::error::\(annotations.count - Self.most + 1) more failures; see the log"]
  }

  /// `✘ Test ping() recorded an issue at PerfTests.swift:15:7: ping: …`
  private static func issue(_ line: Substring, _ files: [String]) -> Annotation? {
    guard let match = line.firstMatch(of: /recorded an issue .*?\b([\w+-]+\.swift):(\d+):(\d+): (.*)$/),
      let row = Int(match.2), let column = Int(match.3)
    else { return nil }
    let name = String(match.1)
    return Annotation(
      file: files.first { $0 == name || $0.hasSuffix("/" + name) } ?? name, line: row, column: column,
      message: String(match.4))
  }

  /// `/checkout/Sources/x.swift:3:1: error: …`
  private static func compilerError(_ line: Substring, _ checkout: String) -> Annotation? {
    guard let match = line.firstMatch(of: /^(\/.+\.swift):(\d+):(\d+): error: (.*)$/),
      let row = Int(match.2), let column = Int(match.3)
    else { return nil }
    let path = match.1.hasPrefix(checkout + "/") ? match.1.dropFirst(checkout.count + 1) : match.1
    return Annotation(file: String(path), line: row, column: column, message: String(match.4))
  }
}
