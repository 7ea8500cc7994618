import BenchTesting
import Stack
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  @Suite struct CountedPartTests {
    private func part(_ environment: [String: String], isTimed: Bool = true) throws -> CountedPart {
      var targets = ["a", "b", "c"].enumerated().map { Target.named($0.element, port: 8000 + $0.offset) }
      targets[2].role = .reference
      return try Configuration.read(
        environment, checkout: Checkout(path: "/checkout"), scenarios: ["ping", "json", "sse"], targets: targets
      ).countedPart(isTimed: isTimed)
    }

    @Test(
      "Beside the short rounds of the suite's own tests, one scenario is counted on the reference and one framework")
    func smallest() throws {
      #expect(try part([:]) == .cells(scenarios: ["ping"], frameworks: ["a", "c"]))
      #expect(
        try part(["SHOOTOUT_SCENARIOS": "sse", "SHOOTOUT_FRAMEWORKS": "b"])
          == .cells(scenarios: ["sse"], frameworks: ["b"]))
    }

    @Test("All is counted at other profiles, and where nothing is timed")
    func all() throws {
      let all = CountedPart.cells(scenarios: ["ping", "json", "sse"], frameworks: ["a", "b", "c"])
      #expect(try part(["SHOOTOUT_PROFILE": "quick"]) == all)
      #expect(try part([:], isTimed: false) == all)
    }

    @Test("Servers that are not the suite's, and those that several generators load, are not counted")
    func none() throws {
      let external = ["SHOOTOUT_DEPLOYMENT": "external", "SHOOTOUT_URLS": "a=http://h:1"]
      #expect(
        try part(external) == .nothing(because: "servers of DEPLOYMENT=external are not started again to be counted"))
      #expect(try part(["SHOOTOUT_COUNTS": "off"]) == .nothing(because: "SHOOTOUT_COUNTS is off"))
    }

    @Test("Both off measure nothing, which is refused")
    func bothOff() throws {
      let configuration = try Configuration.read(
        ["SHOOTOUT_COUNTS": "off", "SHOOTOUT_TIMES": "off"], checkout: Checkout(path: "/checkout"), scenarios: ["ping"],
        targets: [.named("a", port: 8000)])
      #expect("\(try #require(configuration.obstacle))".contains("both off"))
    }

    @Test(
      "The filter of swift test says what is counted and what is timed",
      arguments: [
        ([], true, true), (["--filter", "Perf"], false, true), (["--filter", "Counts"], true, false),
        (["--filter", "Parity|Counts|Perf"], true, true), (["--filter=CountsTests/jsonLarge"], true, false),
        (["--filter", "Counts", "--filter", "Perf"], true, true), (["--skip", "CountsTests"], false, true),
        (["--filter", "Parity"], false, false),
      ] as [([String], Bool, Bool)])
    func filters(arguments: [String], counts: Bool, times: Bool) {
      let selection = TestSelection(arguments: ["program"] + arguments)
      #expect(selection.countsExchanges == counts && selection.timesExchanges == times)
    }
  }
}
