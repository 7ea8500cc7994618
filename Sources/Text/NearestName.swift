extension Collection<String> {
  /// The name that was most likely meant where somebody typed one that is not among these: the one that takes the fewest
  /// changes. nil where no name is near, because fewer than half of the letters would stay.
  package func nearest(to name: String) -> String? {
    let distances = map { (name: $0, distance: $0.distance(to: name)) }
    guard let nearest = distances.min(by: { $0.distance < $1.distance }),
      nearest.distance * 2 <= Swift.max(nearest.name.utf8.count, name.utf8.count)
    else { return nil }
    return nearest.name
  }
}

extension String {
  /// How many bytes have to be added, left out or exchanged (Levenshtein).
  fileprivate func distance(to other: String) -> Int {
    let (one, other) = (Array(utf8), Array(other.utf8))
    var row = Array(0...other.count)
    for (index, letter) in one.enumerated() {
      var above = row[0]
      row[0] = index + 1
      for (place, otherLetter) in other.enumerated() {
        let exchanged = above + (letter == otherLetter ? 0 : 1)
        above = row[place + 1]
        row[place + 1] = Swift.min(exchanged, above + 1, row[place] + 1)
      }
    }
    return row[other.count]
  }
}
