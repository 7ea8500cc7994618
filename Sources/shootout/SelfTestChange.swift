import BenchSupport
import Foundation

/// What is changed in a copy of an application, so that a comparison has a truth that is known.
enum SelfTestChange: Equatable, CustomStringConvertible {
  case none
  /// Nothing that is ever called: what is done is the same, and lies elsewhere in memory.
  case unused
  /// Of the instructions of each handler's exchange, in percent.
  case dearer(percent: Double)
  /// One more statement in a handler.
  case query
  /// One more awaited call around every request.
  case middleware

  static let usual: [SelfTestChange] = [
    .none, .unused, .dearer(percent: 1), .dearer(percent: 0.75), .query, .middleware,
  ]

  init?(_ text: String) {
    switch text {
    case "none": self = .none
    case "unused": self = .unused
    case "query": self = .query
    case "middleware": self = .middleware
    default:
      guard let percent = Double(text), percent > 0, percent <= 100 else { return nil }
      self = .dearer(percent: percent)
    }
  }

  var description: String {
    switch self {
    case .none: "none"
    case .unused: "unused"
    case .dearer(let percent): percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
    case .query: "query"
    case .middleware: "middleware"
    }
  }

  var title: String {
    switch self {
    case .none: "nothing (A/A)"
    case .unused: "nothing that is called"
    case .dearer: "\(self) % more instructions"
    case .query: "one more query"
    case .middleware: "one more middleware"
    }
  }
}

/// Where the lines of an application are that the self-test changes: `fixtures/selftest/changes.json`, by framework.
struct SelfTestPlaces: Decodable {
  /// In the framework's folder.
  var file: String
  /// By scenario: a part of the line after which its work begins.
  var handlers: [String: String]
  var query: Insertion
  var middleware: Insertion

  struct Insertion: Decodable {
    var scenario: String
    /// A part of the line that it comes after.
    var after: String
    var lines: [String]
    /// The end of the name of a function that is called more often by it.
    var called: String
  }

  static func read(_ fixtures: String) throws -> [String: SelfTestPlaces] {
    let file = URL(fileURLWithPath: fixtures + "/selftest/changes.json")
    return try JSONDecoder().decode([String: SelfTestPlaces].self, from: Data(contentsOf: file))
  }

  /// Functions that are never called, others and more or fewer of them for each number: where everything else lies in memory
  /// is different each time, as it is after any real change.
  static func withUnused(_ number: Int, _ text: String) -> String {
    let functions = (0...number * 17 % 23).map {
      "\n\ndef unused_\(number)_\($0)(first):\n    return [first, \"unused \(number) \($0)\"]\n"
    }
    return text + functions.joined()
  }

  /// Turns of an empty loop in front of what each handler does.
  func withTurns(_ turns: [String: Int], _ text: String) throws -> String {
    try turns.reduce(text) { text, entry in
      guard let place = handlers[entry.key] else { throw UnknownPlace(place: entry.key, file: file) }
      return try inserting(Self.loop(entry.value), after: place, in: text)
    }
  }

  /// Counts with the numbers that the interpreter keeps, up to 256: every turn costs the same.
  private static func loop(_ turns: Int) -> [String] {
    guard turns > 250 else { return ["turns = \(turns)", "while turns:", "    turns -= 1"] }
    return [
      "hundreds = \((turns + 50) / 100)", "while hundreds:", "    hundreds -= 1", "    turns = 100", "    while turns:",
      "        turns -= 1",
    ]
  }

  /// The lines are indented as the one that they come before.
  func inserting(_ added: [String], after place: String, in text: String) throws -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let index = lines.firstIndex(where: { $0.contains(place) }), index + 1 < lines.count else {
      throw UnknownPlace(place: place, file: file)
    }
    let indentation = String(lines[index + 1].prefix { $0 == " " })
    lines.insert(contentsOf: added.map { $0.isEmpty ? "" : indentation + $0 }, at: index + 1)
    return lines.joined(separator: "\n")
  }

  private struct UnknownPlace: Error, CustomStringConvertible {
    var place: String
    var file: String

    var description: String {
      "the self-test finds no '\(place)' in \(file); right would be a line of it, in fixtures/selftest/changes.json"
    }
  }
}
