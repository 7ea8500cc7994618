/// The connections that have nothing to do, in the order in which they came to rest.
///
/// A place may be in it twice, and may have got something to do meanwhile: whoever takes it looks.
struct IdleConnections {
  /// Whether the one that has waited longest is taken, instead of the one that came last.
  private let takesTurns: Bool
  private var places: [Int] = []
  /// What lies before it was taken.
  private var first = 0

  init(takeTurns: Bool) { takesTurns = takeTurns }

  var isEmpty: Bool { first == places.count }

  mutating func append(_ place: Int) { places.append(place) }

  mutating func take() -> Int? {
    guard !isEmpty else { return nil }
    guard takesTurns else { return places.removeLast() }
    let place = places[first]
    first += 1
    // The room of what was taken is given back once it is half of all: moved so seldom, each place moves twice at most.
    if first * 2 > places.count {
      places.removeFirst(first)
      first = 0
    }
    return place
  }

  mutating func takeAll() -> [Int] {
    defer { (places, first) = ([], 0) }
    return Array(places[first...])
  }
}
