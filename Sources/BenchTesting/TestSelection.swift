import BenchSupport

/// Which tests this process was told to run, as far as the arguments of `swift test` say.
///
/// `--filter Counts` leaves the times out, so that none are missing; `--filter Perf` leaves the counts out.
public struct TestSelection: Sendable {
  private let filters: [String]
  private let skips: [String]

  public static let ofThisProcess = TestSelection(arguments: CommandLine.arguments)

  public init(arguments: [String]) {
    filters = Self.values(of: "--filter", in: arguments)
    skips = Self.values(of: "--skip", in: arguments)
  }

  private static func values(of option: String, in arguments: [String]) -> [String] {
    arguments.indices.compactMap { index in
      let argument = arguments[index]
      if argument == option { return index + 1 < arguments.count ? arguments[index + 1] : nil }
      return argument.hasPrefix(option + "=") ? String(argument.dropFirst(option.count + 1)) : nil
    }
  }

  /// Whether any test of a suite with a test for each scenario may run.
  func mayRun(suite: String) -> Bool {
    Scenario.names.map { name in
      let words = name.split(separator: "-")
      return words[0] + words.dropFirst().map(\.capitalized).joined()
    }.contains { function in
      let test = "BenchTesting.Exclusive/\(suite)/\(function)()"
      func matches(_ pattern: String) -> Bool {
        (try? Regex(pattern).ignoresCase().firstMatch(in: test)).flatMap { $0 } != nil
      }
      return (filters.isEmpty || filters.contains(where: matches)) && !skips.contains(where: matches)
    }
  }

  /// Whether rounds are measured.
  public var timesExchanges: Bool { mayRun(suite: "PerfTests") }

  public var countsExchanges: Bool { mayRun(suite: "CountsTests") }
}
