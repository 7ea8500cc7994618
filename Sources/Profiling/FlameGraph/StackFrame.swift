import Foundation

/// A function on a stack. What differs from one process, machine or version to the next is not in it: addresses, the lines of
/// a file, and the folder in which a package lies.
struct StackFrame: Hashable, Comparable, Sendable {
  var function: String
  /// Below the folder of packages, such as `uvicorn/server.py`; the last part of a path that is elsewhere; empty where it is
  /// not known.
  var file: String

  init(function: String, file: String) {
    self.function = function
    self.file = file
  }

  /// As py-spy writes it: `Server.run (uvicorn/server.py:85)`.
  init(_ text: String) {
    guard text.hasSuffix(")"), let open = text.range(of: " (", options: .backwards) else {
      self.init(function: Self.name(text), file: "")
      return
    }
    let place = String(text[open.upperBound...].dropLast()).replacing(/:\d+$/, with: "")
    self.init(function: Self.name(String(text[..<open.lowerBound])), file: Self.relative(place))
  }

  static let unnamed = "(unnamed)"

  private static func name(_ text: String) -> String {
    text.isEmpty || text.wholeMatch(of: /0x[0-9a-f]+/) != nil ? unnamed : text
  }

  private static func relative(_ path: String) -> String {
    for folder in ["/site-packages/", "/dist-packages/"] {
      if let found = path.range(of: folder, options: .backwards) { return String(path[found.upperBound...]) }
    }
    if let found = path.firstMatch(of: /\/lib\/python3\.\d+\/(.+)$/) { return String(found.1) }
    guard path.hasPrefix("/") else { return path }
    return path.split(separator: "/").last.map(String.init) ?? ""
  }

  static func < (left: StackFrame, right: StackFrame) -> Bool {
    (left.function, left.file) < (right.function, right.file)
  }

  /// `Server.run (uvicorn/server.py)`
  var text: String { file.isEmpty ? function : "\(function) (\(file))" }
}
