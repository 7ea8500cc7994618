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

  /// What differs on purpose: `Sanic 24.12.0 → 25.12.1`; of two states with one version, what they were named: `Sanic
  /// 25.12.1: main → fix`; `FastAPI: uvicorn 0.53.0 → 0.54.0`; `FastAPI 0.165.0: Python 3.11.7 → 3.13.1`.
  var title: String {
    let python = pythons.map { "Python \($0) → \($1)" }
    let versions = "\(framework) \(base.version) → \(head.version)"
    let sources: String?
    if base.version != head.version {
      sources = versions
    } else if let dependency {
      sources = "\(framework): \(dependency.name) \(dependency.base) → \(dependency.head)"
    } else if let compared = manifest.compared, compared.base != compared.head {
      let (one, other) = Self.apart(compared.base, compared.head)
      sources = "\(framework) \(base.version): \(one) → \(other)"
    } else {
      sources = nil
    }
    guard let python else { return sources ?? versions }
    return sources.map { "\($0), \(python)" } ?? "\(framework) \(base.version): \(python)"
  }

  /// The versions of a distribution that both sides name: `uvicorn==0.53.0`.
  var dependency: (name: String, base: String, head: String)? {
    guard let compared = manifest.compared, let base = compared.base.firstRange(of: "=="),
      let head = compared.head.firstRange(of: "==")
    else { return nil }
    let name = compared.base[..<base.lowerBound]
    guard name == compared.head[..<head.lowerBound], !name.contains("/") else { return nil }
    return (String(name), String(compared.base[base.upperBound...]), String(compared.head[head.upperBound...]))
  }

  /// The two interpreters, by their versions where those tell them apart; nil where one was meant for both.
  var pythons: (base: String, head: String)? {
    guard let compared = manifest.compared, compared.basePython != compared.headPython else { return nil }
    if let one = base.python, let other = head.python, one != other { return (one, other) }
    let usual = manifest.environment.python
    return Self.apart(compared.basePython ?? usual, compared.headPython ?? usual)
  }

  /// `base`, where it comes from, and its version.
  var sources: [(String, String)] {
    func row(_ side: Manifest.FrameworkEntry, _ source: String?, _ dependency: String?) -> (String, String) {
      var text = "\(framework) \(side.version)"
      if let dependency {
        text += " with \(dependency)"
      } else if let source, source != side.version {
        text += " from \(source)"
      }
      if let content = side.source { text += " (content \(content))" }
      if pythons != nil, let python = side.python { text += ", Python \(python)" }
      return (side.name.capitalizedFirst, text)
    }
    return [
      row(base, manifest.compared?.base, dependency.map { "\($0.name) \($0.base)" }),
      row(head, manifest.compared?.head, dependency.map { "\($0.name) \($0.head)" }),
    ]
  }

  /// The command that compares them again.
  var command: [String] {
    let profile = manifest.profile.name
    let scenarios = manifest.scenarios.map(\.name).joined(separator: ",")
    let (framework, one, other) =
      manifest.compared.map { ($0.framework, $0.base, $0.head) } ?? (
        self.framework.lowercased(), base.version, head.version
      )
    let pythons = [("BASE_PYTHON", manifest.compared?.basePython), ("HEAD_PYTHON", manifest.compared?.headPython)]
      .map { name, python in python.map { " \(name)=\(Self.quoted($0))" } ?? "" }.joined()
    let tolerance = manifest.compared?.tolerance.map { " TOLERANCE=\(Figure.plain($0 * 100))" } ?? ""
    return [
      "make compare FRAMEWORK=\(framework) BASE=\(Self.quoted(one)) HEAD=\(Self.quoted(other))\(pythons)\(tolerance) \\",
      "  \(manifest.isTimed ? "PROFILE=\(profile)" : "TIMES=off") DEPLOYMENT=\(manifest.deployment) \\",
      "  SCENARIOS=\(scenarios)",
    ]
  }

  /// What tells two paths or addresses apart, without what they begin and end with in common.
  private static func apart(_ one: String, _ other: String) -> (String, String) {
    var (left, right) = (one.split(separator: "/")[...], other.split(separator: "/")[...])
    let whole = left.count
    while left.count > 1, right.count > 1, left.first == right.first {
      (left, right) = (left.dropFirst(), right.dropFirst())
    }
    let isCut = left.count < whole
    func root(_ path: String) -> String { !isCut && path.hasPrefix("/") ? "/" : "" }
    while left.count > 1, right.count > 1, left.last == right.last {
      (left, right) = (left.dropLast(), right.dropLast())
    }
    return (root(one) + left.joined(separator: "/"), root(other) + right.joined(separator: "/"))
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

  var text: String { "\(name) \(base ?? "not there") → \(head ?? "not there")" }

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
    return differences(["server": sides.base.server], ["server": sides.head.server])
      // Without what the title names.
      + machine.filter { sides.pythons == nil || $0.name != "interpreter" }
      + packages.filter { $0.base != sides.base.version || $0.head != sides.head.version }
      .filter { $0.name.lowercased() != sides.dependency?.name.lowercased() }
  }

  private static func packages(_ side: Manifest.FrameworkEntry, _ conditions: CountConditions?) -> [String: String] {
    (conditions?.packages ?? [:]).merging(side.versions) { counted, _ in counted }
  }

  private static func differences(_ base: [String: String], _ head: [String: String]) -> [SideDifference] {
    Change.all(from: base, to: head).map { SideDifference(name: $0.name, base: $0.then, head: $0.now) }
  }
}
