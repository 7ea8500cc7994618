import Results

extension CountConditions {
  /// What forbids to compare these counts with others, in plain words, such as `interpreter 3.11.2 there, 3.11.7 here`; nil
  /// where nothing does. Packages are part of the question, and are not among it.
  package func differences(from there: CountConditions) -> String? {
    let clauses = ofMachine.sorted { $0.key < $1.key }.compactMap { name, here -> String? in
      let other = there.ofMachine[name] ?? "none"
      guard other != here else { return nil }
      let (then, now) = Self.shortened(other, here)
      return "\(name) \(then) there, \(now) here"
    }
    return clauses.isEmpty ? nil : clauses.joined(separator: "; ")
  }

  /// The first word of each where that tells them apart: `3.11.2 (main, …) [GCC 12.2.0]` has much more.
  private static func shortened(_ one: String, _ other: String) -> (String, String) {
    let words = [one, other].map { $0.split(separator: " ").first.map(String.init) ?? $0 }
    return words[0] != words[1] && words.allSatisfy({ $0.first?.isNumber == true })
      ? (words[0], words[1]) : (one, other)
  }
}
