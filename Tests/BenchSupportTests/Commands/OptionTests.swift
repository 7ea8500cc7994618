import Testing

@testable import shootout

/// What a command declares is what can be given to it, and what its help says.
@Suite struct OptionTests {
  private struct Sample: Command {
    static let about = CommandDescription(
      name: "sample", group: .itself, summary: "what is given", checksSettings: false)

    @Option("--count", "N", .number, "how many") private var count = 5
    @Option("--limit", "D", .duration, "at the most (for ever)") private var limit: Duration?
    @Option("--word", "W", "what to say") private var words: [String]
    @Option("--fast", "without a pause") private var isFast: Bool
    private var group = Group()
    @Operands("FILE", .files) private var files: [String]

    struct Group: OptionGroup {
      @Option("--share", "S", .share, "of all") var share: Double?
    }

    struct Given: Error, Equatable {
      var count = 5
      var limit: Duration?
      var words: [String] = []
      var isFast = false
      var share: Double?
      var files: [String] = []
    }

    func run() throws -> ExitCode {
      throw Given(count: count, limit: limit, words: words, isFast: isFast, share: group.share, files: files)
    }
  }

  @Test(
    "An option has the value that is given, the last one or all of them, or its own; the other words are operands",
    arguments: [
      ("", Sample.Given()),
      ("--count 7 a", Sample.Given(count: 7, files: ["a"])),
      ("a --count=7 - --count 8", Sample.Given(count: 8, files: ["a", "-"])),
      ("--limit 1.5s --share 5% --fast", Sample.Given(limit: .milliseconds(1500), isFast: true, share: 0.05)),
      ("--word a --word b", Sample.Given(words: ["a", "b"])),
      ("--word --fast", Sample.Given(words: ["--fast"])),
    ] as [(String, Sample.Given)])
  private func values(words: String, given: Sample.Given) {
    #expect(throws: given) { try Sample.run(words.split(separator: " ").map(String.init)) }
  }

  @Test(
    "What is wrong is said in one line",
    arguments: [
      ("--count", "--count needs a value after it"),
      ("--count -1", "--count '-1' is not a whole number; right would be --count 50"),
      ("a --slow b", "unknown option --slow; known: --count N, --limit D, --word W, --fast, --share S"),
      ("--limit 3x", "--limit '3x' is not a duration; right would be 10s, 500ms or 2m, at most 24h"),
      ("--share 2", "--share '2' is not a share; right would be 1% or 0.01"),
    ])
  func mistakes(words: String, says: String) {
    let error = #expect(throws: UsageError.self) { try Sample.run(words.split(separator: " ").map(String.init)) }
    #expect(error?.description == says)
  }

  @Test("Help names every option in the order of its declaration, with its own value and whether it may be repeated")
  func help() {
    #expect(
      Sample.helpText == """
        usage: shootout sample [OPTIONS] [FILE…]
        what is given

        options:
          --count N  how many (5)
          --limit D  at the most (for ever)
          --word W   what to say; may be repeated
          --fast     without a pause
          --share S  of all
        """)
  }
}
