import BenchSupport
import LoadEngine
import Text
import WireFormats

/// How a command ended. The numbers are promises to scripts.
enum ExitCode: Int32 {
  case success = 0
  /// A regression, a parity failure or errors under load.
  case failed = 1
  case couldNotMeasure = 2
  case badUsage = 3
  /// Ended by Ctrl-C, after saying what there was until then; 128 and the signal's number, as shells have it.
  case interrupted = 130
}

/// A command of `shootout`: its properties declare what it takes, and hold what was given.
protocol Command {
  static var about: CommandDescription { get }
  /// With nothing given.
  init()
  func run() throws -> ExitCode
}

/// Options that belong together, as a property of a command.
protocol OptionGroup {}

/// What a command is, beside the options and operands that it declares.
struct CommandDescription {
  var name: String
  var group: Group
  /// One line: what it does.
  var summary: String
  /// Paragraphs of the help.
  var notes: [String] = []
  var examples: [String] = []
  /// Every command refuses a setting that makes no sense before it does anything, also one that it would not use. Left
  /// out are those that tell of the program and of its failures.
  var checksSettings = true
  /// What a message calls the operands that it does not take.
  var refused = "operands"

  /// The parts of the overview.
  enum Group: String, CaseIterable {
    case measure = "measure and report"
    case stack = "the stack by hand"
    case look = "look closer"
    case itself = "this program"
  }
}

enum Commands {
  /// In the order of the overview.
  static var all: [any Command.Type] {
    [
      NewRunCommand.self, SoakCommand.self, ReportCommand.self, CoordinateCommand.self, MergeCommand.self,
      BaselineCommand.self,
      SetupCommand.self, DeployCommand.self, DownCommand.self, StatusCommand.self, ComposeCommand.self,
      LoadCommand.self, ProfileCommand.self, CurveCommand.self, FaultsCommand.self, BenchEngineCommand.self,
      GateSelfTestCommand.self,
      DoctorCommand.self, AnnotateCommand.self, CompletionCommand.self, HelpCommand.self,
    ]
  }

  static var names: [String] { all.map { $0.about.name } }

  static func named(_ name: String) throws(UsageError) -> any Command.Type {
    switch name {
    case "--help", "-h": return HelpCommand.self
    // The former name, for one release.
    case "conduct": return CoordinateCommand.self
    // Nobody types it: bench-engine starts it.
    case FloorCommand.about.name: return FloorCommand.self
    default:
      if let command = all.first(where: { $0.about.name == name }) { return command }
      // It may be a URL with a password, where `load` was forgotten before it.
      let meant = names.nearest(to: name).map { "did you mean \($0)? " } ?? ""
      throw UsageError("unknown command '\(HTTPURL.quotable(name))'; \(meant)known: \(names.joined(separator: ", "))")
    }
  }
}

extension Command {
  private var parameters: [AnyParameter] { declared(in: self) }

  static var options: [ParameterDescription] { Self().parameters.map(\.about).filter(\.isOption) }
  static var operands: ParameterDescription? { Self().parameters.map(\.about).first { !$0.isOption } }

  /// All options with their values, as a message about an unknown one lists them.
  private static var knownOptions: String {
    options.isEmpty ? "none" : options.map(\.usage).joined(separator: ", ")
  }

  /// - Parameter words: those after its name. `--option=value` and `--option value` mean the same.
  static func run(_ words: some Sequence<String>) throws -> ExitCode {
    let words = try words.flatMap { word throws(UsageError) -> [String] in
      guard word.hasPrefix("--"), let sign = word.firstIndex(of: "=") else { return [word] }
      let (name, value) = (String(word[..<sign]), String(word[word.index(after: sign)...]))
      if options.contains(where: { $0.name == name && $0.placeholder == nil }) {
        throw UsageError("\(name) takes no value, and was given '\(value)'; right would be \(name) alone")
      }
      return [name, value]
    }
    if words.contains("--help") || words.contains("-h") {
      print(helpText)
      return .success
    }
    if about.checksSettings { try Configuration.check() }
    return try Self(words).run()
  }

  private init(_ words: [String]) throws(UsageError) {
    self.init()
    let parameters = parameters
    let operands = parameters.first { !$0.about.isOption }
    var given: [String: [String]] = [:]
    var others: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      guard let option = parameters.first(where: { $0.about.isOption && $0.about.name == word }) else {
        others.append(word)
        continue
      }
      guard let value = option.about.placeholder == nil ? "" : rest.popFirst() else {
        throw UsageError("\(word) needs a value after it")
      }
      given[word, default: []].append(value)
    }
    for option in parameters where option.about.isOption {
      if let texts = given[option.about.name] { try option.take(texts) }
    }
    let areVerbatim = operands?.about.areVerbatim ?? false
    let own = areVerbatim ? others.prefix(1) : others[...]
    if let unknown = own.first(where: { $0.hasPrefix("-") && (areVerbatim || $0 != "-") }) {
      throw UsageError("unknown option \(unknown); known: \(Self.knownOptions)")
    }
    if operands == nil, !others.isEmpty {
      throw UsageError("shootout \(Self.about.name) takes no \(Self.about.refused)")
    }
    try operands?.take(others)
  }
}

/// The parameters of a value and of the groups in it, in the order of their declaration.
private func declared(in value: Any) -> [AnyParameter] {
  Mirror(reflecting: value).children.flatMap { child in
    child.value is any OptionGroup ? declared(in: child.value) : [child.value as? AnyParameter].compactMap(\.self)
  }
}
