/// How much each scenario counts in a standing.
///
/// The presets are for readers whose application does mostly one kind of work; what they are is written here and nowhere
/// else. A scenario that a preset does not name counts nothing in it.
struct Weighting: Equatable, Sendable {
  var title: String
  /// nil where all count alike.
  private var weights: [String: Double]?

  /// The scenarios that it names.
  var scenarios: [String] { weights.map { $0.keys.sorted() } ?? [] }

  func weight(of scenario: String) -> Double { weights.map { $0[scenario] ?? 0 } ?? 1 }

  /// Of all scenarios that it names.
  var total: Double { weights?.values.reduce(0, +) ?? 0 }

  static let equal = Weighting(title: "Equal", weights: nil)

  static let presets = [
    equal,
    Weighting(
      title: "API",
      weights: ["json": 3, "db-read": 3, "db-write": 2, "path": 2, "query": 2, "json-large": 1, "background": 1]),
    Weighting(title: "Real time", weights: ["websocket": 3, "sse": 3, "stream": 1, "json": 1]),
    Weighting(title: "Files", weights: ["upload": 3, "static": 3, "stream": 2]),
  ]
}
