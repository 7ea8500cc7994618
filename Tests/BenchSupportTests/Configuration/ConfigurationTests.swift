import BenchTesting
import Foundation
import Results
import Stack
import TestSupport
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  @Suite struct ConfigurationTests {
    private func read(_ environment: [String: String]) throws(ConfigurationError) -> Configuration {
      try Configuration.read(
        environment, checkout: Checkout(path: "/checkout"), scenarios: ["ping", "json", "sse"],
        targets: ["a", "b", "c"].enumerated().map { .named($0.element, port: 8000 + $0.offset) })
    }

    @Test("Without variables, everything takes part in the shortest profile")
    func defaults() throws {
      let configuration = try read([:])
      #expect(configuration.frameworks == ["a", "b", "c"])
      #expect(configuration.scenarios == ["ping", "json", "sse"])
      #expect(configuration.profile == .smoke)
      #expect(configuration.deployment == .process)
      #expect(configuration.results == "/checkout/results")
      #expect(configuration.python == "python3")
    }

    @Test("Every variable counts")
    func variables() throws {
      let configuration = try read([
        "SHOOTOUT_FRAMEWORKS": "c, a", "SHOOTOUT_SCENARIOS": "sse,ping,", "SHOOTOUT_PROFILE": "full",
        "SHOOTOUT_DEPLOYMENT": "docker", "SHOOTOUT_RESULTS": "/tmp/x/../y", "SHOOTOUT_SEED": "18446744073709551615",
        "SHOOTOUT_PYTHON": "/bin/sh",
      ])
      #expect(configuration.frameworks == ["a", "c"])
      #expect(configuration.known.count == 3)
      #expect(configuration.scenarios == ["ping", "sse"])
      #expect(configuration.profile == .full)
      #expect(configuration.deployment == .docker)
      #expect(configuration.results == "/tmp/y")
      #expect(configuration.seed == UInt64.max)
      #expect(configuration.python == "/bin/sh")
    }

    @Test("An empty variable counts as not set")
    func empty() throws {
      #expect(try read(["SHOOTOUT_FRAMEWORKS": "", "SHOOTOUT_PROFILE": " "]).frameworks.count == 3)
      #expect(try read(["SHOOTOUT_FRAMEWORKS": "all"]).frameworks.count == 3)
    }

    @Test("Two runs draw different seeds unless one is given")
    func seeds() throws {
      #expect(try read([:]).seed != read([:]).seed)
    }

    @Test(
      "An unknown name is an error that lists the known ones",
      arguments: [
        ("SHOOTOUT_FRAMEWORKS", "a,flask", "unknown framework 'flask' in SHOOTOUT_FRAMEWORKS; known: a, b, c"),
        (
          "SHOOTOUT_SCENARIOS", "pong",
          "unknown scenario 'pong' in SHOOTOUT_SCENARIOS; did you mean ping? known: ping, json, sse; one that you added has to be in Scenario.all"
        ),
        ("SHOOTOUT_PROFILE", "fast", "unknown profile 'fast' in SHOOTOUT_PROFILE; known: smoke, quick, standard, full"),
        (
          "SHOOTOUT_DEPLOYMENT", "vm",
          "unknown deployment 'vm' in SHOOTOUT_DEPLOYMENT; known: process, docker, compose, external"
        ),
        ("SHOOTOUT_FRAMEWORKS", ",", "SHOOTOUT_FRAMEWORKS names nothing; known: a, b, c"),
        ("SHOOTOUT_SEED", "-1", "SHOOTOUT_SEED is '-1', which is no whole number from 0 to 18446744073709551615"),
        ("SHOOTOUT_CONNECTIONS", "0", "SHOOTOUT_CONNECTIONS is '0'; right would be a whole number from 1 to 100000"),
        ("SHOOTOUT_STRICT", "yes", "unknown setting 'yes' in SHOOTOUT_STRICT; known: 0, 1"),
        (
          "SHOOTOUT_PYTHON", "python9",
          "SHOOTOUT_PYTHON is 'python9', and there is no such program; right would be an interpreter such as python3.12,"
            + " or its path"
        ),
        (
          "SHOOTOUT_STATE", "there",
          "SHOOTOUT_STATE is 'there', which is another folder for every folder that a command runs in; right would be an"
            + " absolute path such as /var/tmp/shootout"
        ),
        (
          "SHOOTOUT_STATE", "/usr",
          "SHOOTOUT_STATE is '/usr', which holds files that the suite did not make, so it is left alone; right would be an"
            + " empty folder, or a path where nothing is"
        ),
        (
          "SHOOTOUT_POSTGRES_BIN", "/nowhere",
          "SHOOTOUT_POSTGRES_BIN is '/nowhere', and initdb and postgres are not there; right would be a folder such as"
            + " /usr/lib/postgresql/15/bin"
        ),
        (
          "SHOOTOUT_RESULTS", "/etc/passwd",
          "SHOOTOUT_RESULTS is '/etc/passwd', which is no folder; right would be one, or a path that is free"
        ),
        (
          "SHOOTOUT_COMPARE_BASE", "1.0",
          "SHOOTOUT_COMPARE_BASE is set, and SHOOTOUT_COMPARE_FRAMEWORK is not: of which framework?"
        ),
        (
          "SHOOTOUT_FRAMEWORK", "a",
          "unknown setting SHOOTOUT_FRAMEWORK; did you mean SHOOTOUT_FRAMEWORKS? docs/configuration.md lists all"
        ),
      ])
    func unknown(variable: String, value: String, message: String) {
      let error = #expect(throws: ConfigurationError.self) { try read([variable: value]) }
      #expect(error?.description == message)
    }

    @Test("A command that measures nothing does not care about scenarios")
    func noScenarios() throws {
      let configuration = try Configuration.read(
        ["SHOOTOUT_SCENARIOS": "pong"], checkout: Checkout(path: "/c"), scenarios: nil,
        targets: [.named("a", port: 1)])
      #expect(configuration.scenarios == [])
    }

    @Test("A setting that make handed on is named as it was typed")
    func typed() {
      let error = #expect(throws: ConfigurationError.self) {
        try read(["MAKELEVEL": "1", "SCENARIOS": "pong", "SHOOTOUT_SCENARIOS": "pong"])
      }
      #expect(
        error?.description
          == "unknown scenario 'pong' in SCENARIOS; did you mean ping? known: ping, json, sse; one that you added has to be in Scenario.all"
      )
    }

    @Test(
      "Strictness wants a gate",
      arguments: [
        (["SHOOTOUT_PROFILE": "smoke"], true), (["SHOOTOUT_PROFILE": "quick"], false),
        (["SHOOTOUT_PROFILE": "quick", "SHOOTOUT_GATE": "off"], true),
      ])
    func strictness(environment: [String: String], isObstacle: Bool) throws {
      #expect(try (read(["SHOOTOUT_STRICT": "1"].merging(environment) { $1 }).obstacle != nil) == isObstacle)
      #expect(try read(environment).obstacle == nil)
    }

    @Test("Profiles have the parameters that the documentation promises")
    func profiles() {
      #expect(Profile.allCases.map(\.rounds) == [3, 24, 14, 3])
      #expect(Profile.allCases.map(\.warmUp) == [.milliseconds(300), .seconds(1), .seconds(5), .seconds(30)])
      #expect(Profile.allCases.map(\.window) == [.milliseconds(500), .milliseconds(300), .seconds(5), .seconds(180)])
      #expect(Profile.allCases.map { $0.timeLimit(comparesVersions: false) } == [nil, .seconds(180), nil, nil])
      #expect(Profile.allCases.map { $0.timeLimit(comparesVersions: true) } == [nil, .seconds(840), nil, nil])
      #expect(Profile.allCases.map(\.roundsOfStart) == [nil, 4, 2, 1])
      #expect(Profile.allCases.filter { $0.isGated(by: .standard) } == [.quick, .standard])
      #expect(Profile.allCases.allSatisfy { $0.connections == 50 })
    }

    @Test("The checkout is found from any folder in it, and missed outside")
    func checkout() throws {
      let folder = TemporaryDirectory()
      folder.write("Package.swift", "")
      folder.write("docker/frameworks/a/framework.json", "")
      #expect(try Checkout.find(from: folder.path + "/docker/frameworks/a").path == folder.path)
      #expect(throws: CheckoutError(searched: ["/usr/lib"])) { try Checkout.find(from: "/usr/lib") }
    }
  }
}
