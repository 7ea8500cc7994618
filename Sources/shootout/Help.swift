import Text

extension Command {
  static var helpText: String {
    let (about, options) = (about, options)
    var parts = ["usage: \(usage)\n\(about.summary)"]
    if !options.isEmpty {
      let table = TextTable([.left, .left], options.map { [$0.usage, $0.explanation] }, indent: 2)
      parts.append("options:\n" + table.text)
    }
    parts += about.notes
    if !about.examples.isEmpty { parts.append((["examples:"] + about.examples).joined(separator: "\n  ")) }
    return parts.joined(separator: "\n\n")
  }

  private static var usage: String {
    func line(_ options: [String]) -> String {
      (["shootout", about.name] + options + [operands?.usage].compactMap(\.self)).joined(separator: " ")
    }
    let whole = line(options.map { "[\($0.usage)]" })
    return whole.count <= 72 ? whole : line(["[OPTIONS]"])
  }
}

extension Commands {
  static var overview: String {
    let width = names.map(\.count).max() ?? 0
    let groups = CommandDescription.Group.allCases.map { group in
      let rows = all.map { $0.about }.filter { $0.group == group }.map { [$0.name, $0.summary] }
      return "\(group.rawValue):\n" + TextTable([.left(atLeast: width), .left], rows, indent: 2).text
    }
    return ([opening] + groups + [closing]).joined(separator: "\n\n")
  }

  private static let opening = """
    Framework Shootout compares web frameworks: do they answer alike, and how fast?

    usage: shootout COMMAND [OPTIONS] [OPERANDS]

    first steps:
      shootout doctor      what is missing here, and what would distort a figure
      make test            everything once, shortly
      make bench           measure, and print the table and where the report lies
    """

  private static let closing = """
    examples:
      SHOOTOUT_SCENARIOS=json,db-read shootout profile sanic
      shootout load --rate 2000 --duration 30s http://127.0.0.1:8003/json
      shootout report results/latest; echo $?
      source <(shootout completion bash)

    The perf and parity tests themselves run with swift test, which make calls.
    Settings come from variables such as SHOOTOUT_SCENARIOS, SHOOTOUT_FRAMEWORKS
    and SHOOTOUT_PROFILE; an unknown name is an error that lists the known ones.

    exit code: 0 pass, 1 regression, parity failure or errors under load,
    2 could not measure, 3 bad usage, 130 Ctrl-C during load

    more: shootout help COMMAND; make help; README.md; docs/configuration.md for
    all settings, docs/methodology.md for how far a result can be trusted
    """
}
