import Results
import Statistics

/// The two versions of a comparison: `base`, which takes the yardstick's place in the records, and `head`.
struct VersionSides: Equatable {
  var base: Manifest.FrameworkEntry
  var head: Manifest.FrameworkEntry
  private let manifest: Manifest

  /// nil where the run compares no versions, or one of the two is not in it.
  init?(_ run: RunSummary) {
    guard run.manifest.comparison != nil, let base = run.reference, let head = run.competitors.first else { return nil }
    (self.base, self.head, manifest) = (base, head, run.manifest)
  }

  /// `Sanic`, without the side that stands behind it.
  var framework: String {
    base.title.hasSuffix(" (\(base.name))") ? String(base.title.dropLast(base.name.count + 3)) : base.title
  }

  /// `Sanic 24.12.0 → 25.12.1`; of two states with one version, what they were named: `Sanic 25.12.1: main → fix`.
  var title: String {
    if base.version != head.version { return "\(framework) \(base.version) → \(head.version)" }
    guard let compared = manifest.compared, compared.base != compared.head else {
      return "\(framework) \(base.version) → \(head.version)"
    }
    let (one, other) = Self.apart(compared.base, compared.head)
    return "\(framework) \(base.version): \(one) → \(other)"
  }

  /// `base`, where it comes from, and its version.
  var sources: [(String, String)] {
    func row(_ side: Manifest.FrameworkEntry, _ source: String?) -> (String, String) {
      (
        side.name.capitalizedFirst,
        "\(framework) \(side.version)" + (source == nil || source == side.version ? "" : " from \(source ?? "")")
      )
    }
    return [row(base, manifest.compared?.base), row(head, manifest.compared?.head)]
  }

  /// The command that compares them again.
  var command: [String] {
    let profile = manifest.profile.name
    let scenarios = manifest.scenarios.map(\.name).joined(separator: ",")
    let (framework, one, other) =
      manifest.compared.map { ($0.framework, $0.base, $0.head) } ?? (
        self.framework.lowercased(), base.version, head.version
      )
    let tolerance = manifest.compared?.tolerance.map { " TOLERANCE=\(Figure.plain($0 * 100))" } ?? ""
    return [
      "make compare FRAMEWORK=\(framework) BASE=\(Self.quoted(one)) HEAD=\(Self.quoted(other))\(tolerance) \\",
      "  \(manifest.isTimed ? "PROFILE=\(profile)" : "TIMES=off") DEPLOYMENT=\(manifest.deployment) \\",
      "  SCENARIOS=\(scenarios)",
    ]
  }

  /// What tells two paths or addresses apart, without what they begin and end with in common.
  private static func apart(_ one: String, _ other: String) -> (String, String) {
    var (left, right) = (one.split(separator: "/")[...], other.split(separator: "/")[...])
    while left.count > 1, right.count > 1, left.first == right.first {
      (left, right) = (left.dropFirst(), right.dropFirst())
    }
    while left.count > 1, right.count > 1, left.last == right.last {
      (left, right) = (left.dropLast(), right.dropLast())
    }
    return (left.joined(separator: "/"), right.joined(separator: "/"))
  }

  /// For a shell.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._/:@+=,".contains($0)) }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

/// What is not the same on both sides, besides the framework: an installed distribution, the interpreter, the C library.
struct SideDifference: Equatable {
  var name: String
  var base: String?
  var head: String?

  /// What machines differ in first, then distributions by name.
  static func all(_ sides: VersionSides, _ run: RunSummary) -> [SideDifference] {
    func conditions(_ side: Manifest.FrameworkEntry) -> CountConditions? {
      run.counts.first { $0.framework == side.name }?.conditions
    }
    let (base, head) = (conditions(sides.base), conditions(sides.head))
    // Where one side was not counted, nothing is known of it, and nothing differs.
    let machine = base == nil || head == nil ? [] : differences(base?.ofMachine ?? [:], head?.ofMachine ?? [:])
    let packages = differences(
      packages(sides.base, head == nil ? nil : base), packages(sides.head, base == nil ? nil : head))
    return differences(["server": sides.base.server], ["server": sides.head.server]) + machine
      // The versions that the title names.
      + packages.filter { $0.base != sides.base.version || $0.head != sides.head.version }
  }

  private static func packages(_ side: Manifest.FrameworkEntry, _ conditions: CountConditions?) -> [String: String] {
    (conditions?.packages ?? [:]).merging(side.versions) { counted, _ in counted }
  }

  private static func differences(_ base: [String: String], _ head: [String: String]) -> [SideDifference] {
    Change.all(from: base, to: head).map { SideDifference(name: $0.name, base: $0.then, head: $0.now) }
  }
}
