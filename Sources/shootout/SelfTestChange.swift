import BenchSupport
import Foundation
import Results

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
  /// By file and scenario: a part of the line after which its work begins.
  var handlers: [String: [String: String]]
  var query: Change
  var middleware: Change

  struct Change: Decodable {
    var scenario: String
    /// The end of the name of a function that is called more often by it.
    var called: String
    var insertions: [Insertion]
  }

  struct Insertion: Decodable {
    /// In the framework's folder.
    var file: String
    /// A part of the line that it comes after, and of no other.
    var after: String
    var lines: [String]
  }

  static func read(_ fixtures: String) throws -> [String: SelfTestPlaces] {
    let file = fixtures + "/selftest/changes.json"
    do {
      return try JSONDecoder().decode([String: SelfTestPlaces].self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    } catch let error as DecodingError {
      throw UsageError(
        "\(file) cannot be read: \(ResultsCoding.reason(error)); right would be the file as it is in the repository")
    }
  }

  /// The scenarios whose handlers are known.
  var scenarios: Set<String> { Set(handlers.values.flatMap(\.keys)) }

  /// Turns of an empty loop in front of what each handler does, by scenario.
  func loops(_ turns: [String: Int]) -> [Insertion] {
    handlers.flatMap { file, places in
      places.compactMap { scenario, place in
        turns[scenario].map { Insertion(file: file, after: place, lines: Self.loop($0)) }
      }
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

  /// Functions that are never called, others and more or fewer of them for each number: where everything else lies in memory
  /// is different each time, as it is after any real change.
  private static func withUnused(_ number: Int, _ text: String) -> String {
    let functions = (0...number * 17 % 23).map {
      "\n\ndef unused_\(number)_\($0)(first):\n    return [first, \"unused \(number) \($0)\"]\n"
    }
    return text + functions.joined()
  }

  /// Changes a copy of the framework's folder.
  /// - Parameter unused: the number of the functions that are added to the handlers' files; nil adds none.
  func change(_ folder: String, _ insertions: [Insertion], unused: Int?) throws {
    for name in Set(insertions.map(\.file) + (unused == nil ? [] : Array(handlers.keys))) {
      let file = folder + "/" + name
      var text = try String(contentsOfFile: file, encoding: .utf8)
      for insertion in insertions where insertion.file == name { text = try insertion.inserted(in: text) }
      if let unused, handlers[name] != nil { text = Self.withUnused(unused, text) }
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }
  }
}

extension SelfTestPlaces.Insertion {
  /// The lines are indented as the one that they come before.
  func inserted(in text: String) throws(SelfTestPlaces.UnclearPlace) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let places = lines.indices.filter { lines[$0].contains(after) }
    guard places.count == 1, let index = places.first, index + 1 < lines.count else {
      throw SelfTestPlaces.UnclearPlace(place: after, file: file, lines: places.count)
    }
    let indentation = String(lines[index + 1].prefix { $0 == " " })
    lines.insert(contentsOf: self.lines.map { $0.isEmpty ? "" : indentation + $0 }, at: index + 1)
    return lines.joined(separator: "\n")
  }
}

extension SelfTestPlaces {
  struct UnclearPlace: Error, CustomStringConvertible {
    var place: String
    var file: String
    /// That have it.
    var lines: Int

    var description: String {
      "the self-test looks for one line with '\(place)' in \(file), and \(lines == 0 ? "none has" : "\(lines) have") it; "
        + "right would be a part of the line before the change, in fixtures/selftest/changes.json"
    }
  }
}
