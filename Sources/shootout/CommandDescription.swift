import Foundation

/// What a command is and takes. Help, messages and completion are made of this, so that none can say something else.
struct CommandDescription {
  /// One line: what it does.
  var summary: String
  var group: Group
  /// Such as `[RUN_DIR]`; empty where it takes none.
  var operands = ""
  var completes = Completion.nothing
  var options: [CommandOption] = []
  /// Paragraphs of the help.
  var notes: [String] = []
  var examples: [String] = []

  /// The parts of the overview.
  enum Group: String, CaseIterable {
    case measure = "measure and report"
    case stack = "the stack by hand"
    case look = "look closer"
    case itself = "this program"
  }
}

/// One option of a command.
struct CommandOption {
  /// With its dashes.
  var name: String
  /// Such as `N`; nil for one that is only there or not.
  var value: String?
  var help: String
  var completes = Completion.nothing

  init(_ name: String, _ value: String? = nil, _ help: String, _ completes: Completion = .nothing) {
    self.name = name
    self.value = value
    self.help = help
    self.completes = completes
  }

  /// `--rate N`
  var usage: String { [name, value].compactMap { $0 }.joined(separator: " ") }
}

/// What may stand in a place.
enum Completion: Equatable {
  case nothing, files, folders
  case words([String])
  /// The targets of the checkout.
  case targets
  /// The same, `all` and `postgres`.
  case stackNames
}

extension Command {
  /// All options with their values, as a message about an unknown one lists them.
  var knownOptions: String {
    let options = description.options
    return options.isEmpty ? "none" : options.map(\.usage).joined(separator: ", ")
  }

  private var usage: String {
    func line(_ options: [String]) -> String {
      ((["shootout", rawValue] + options) + [description.operands]).filter { !$0.isEmpty }.joined(separator: " ")
    }
    let whole = line(description.options.map { "[\($0.usage)]" })
    return whole.count <= 72 ? whole : line(["[OPTIONS]"])
  }

  var helpText: String {
    let description = description
    var parts = ["usage: \(usage)\n\(description.summary)"]
    if !description.options.isEmpty {
      let width = description.options.map(\.usage.count).max() ?? 0
      let lines = description.options.map { "  \(padded($0.usage, width))  \($0.help)" }
      parts.append((["options:"] + lines).joined(separator: "\n"))
    }
    parts += description.notes
    if !description.examples.isEmpty {
      parts.append((["examples:"] + description.examples.map { "  " + $0 }).joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }

  static var overview: String {
    let width = allCases.map(\.rawValue.count).max() ?? 0
    let groups = CommandDescription.Group.allCases.map { group in
      let own = allCases.filter { $0.description.group == group }
      return (["\(group.rawValue):"] + own.map { "  \(padded($0.rawValue, width))  \($0.description.summary)" })
        .joined(separator: "\n")
    }
    return
      ([
        """
        Framework Shootout compares web frameworks: do they answer alike, and how fast?

        usage: shootout COMMAND [OPTIONS] [OPERANDS]

        first steps:
          shootout doctor      what is missing here, and what would distort a figure
          make test            everything once, shortly
          make bench           measure, and print the table and where the report lies
        """
      ] + groups + [
        """
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
      ]).joined(separator: "\n\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func padded(_ text: String, _ width: Int) -> String { Command.padded(text, width) }
}
