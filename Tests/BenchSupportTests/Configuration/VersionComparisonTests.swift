import BenchTesting
import Foundation
import Gate
import Results
import TestSupport
import Testing

@testable import BenchSupport
@testable import Stack

extension Exclusive.BenchSupportTests {
  /// Two versions of one framework as two targets.
  @Suite struct VersionComparisonTests {
    private let folder = TemporaryDirectory()

    private func read(_ environment: [String: String]) throws -> Configuration {
      var one = Target.named("one", port: 8000)
      one.package = "one-package"
      var bare = Target.named("bare", port: 8003)
      bare.package = nil
      return try Configuration.read(
        environment, checkout: Checkout(path: folder.path), scenarios: nil, targets: [one, bare])
    }

    @Test("Base takes the yardstick's place, head a port of its own, and nobody else takes part")
    func targets() throws {
      let configuration = try read([
        "SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": "1.4.1", "SHOOTOUT_COMPARE_HEAD": "1.5.0rc1",
      ])
      #expect(configuration.known.map(\.name) == ["base", "head"])
      #expect(configuration.known.map(\.port) == [8000, 8004])
      #expect(configuration.known.map(\.role) == [.reference, .framework])
      #expect(configuration.known.map(\.replacement) == [.version("1.4.1"), .version("1.5.0rc1")])
      #expect(configuration.known.allSatisfy { $0.environment["SLOWDOWN"] == nil })
      #expect(try read([:]).known.map(\.name) == ["one", "bare"])
    }

    @Test("Only head is made slower, and only where the self-test asks for it")
    func slowdown() throws {
      let configuration = try read([
        "SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": "1.4.1", "SHOOTOUT_COMPARE_HEAD": "1.4.1",
        "SHOOTOUT_COMPARE_SLOWDOWN": "10", "SHOOTOUT_COMPARE_TOLERANCE": "2.5",
      ])
      #expect(configuration.comparison?.tolerance == 0.025)
      #expect(Threshold.throughput(downAtMost: 0.1).tolerating(0.025) == .throughput(downAtMost: 0.025))
      #expect(Threshold.cpuPerRequest(upAtMost: 0.1).tolerating(0.025) == .cpuPerRequest(upAtMost: 0.025))
      #expect(Threshold.throughput(atLeast: 0.3).tolerating(0.025) == .throughput(atLeast: 0.3))
      #expect(configuration.known.map { $0.environment["SLOWDOWN"] } == ["0.0", "0.1"])
    }

    @Test("Interpreters are compared with the pinned version on both sides, or with the one that is named")
    func interpreters() throws {
      folder.write("one/requirements.txt", "one_package==1.4.2\nuvicorn==0.54.0\n")
      func read(_ environment: [String: String]) throws -> Configuration {
        var one = Target.named("one", port: 8000, source: folder.path + "/one")
        one.package = "one-package"
        return try Configuration.read(
          environment.merging(["SHOOTOUT_COMPARE_FRAMEWORK": "one"]) { $1 }, checkout: Checkout(path: folder.path),
          scenarios: nil, targets: [one])
      }
      let both = try read(["SHOOTOUT_COMPARE_BASE_PYTHON": "/bin/sh", "SHOOTOUT_COMPARE_HEAD_PYTHON": "/bin/true"])
      #expect(both.known.map(\.replacement) == [.version("1.4.2"), .version("1.4.2")])
      #expect(both.known.map(\.interpreter?.program) == ["/bin/sh", "/bin/true"])
      #expect(
        both.known.map(\.interpreter?.setting) == [
          "SHOOTOUT_COMPARE_BASE_PYTHON", "SHOOTOUT_COMPARE_HEAD_PYTHON",
        ])
      #expect(both.comparison?.summary == "one 1.4.2 to 1.4.2, /bin/sh to /bin/true")
      let one = try read(["SHOOTOUT_COMPARE_HEAD_PYTHON": "/bin/true", "SHOOTOUT_COMPARE_BASE": "1.4.1"])
      #expect(one.known.map(\.replacement) == [.version("1.4.1"), .version("1.4.2")])
      #expect(one.known.map(\.interpreter?.program) == [nil, "/bin/true"])

      func refusal(_ environment: [String: String]) -> String {
        #expect(throws: ConfigurationError.self) { try read(environment) }?.description ?? ""
      }
      #expect(
        refusal(["SHOOTOUT_COMPARE_HEAD_PYTHON": "python9"]).hasPrefix(
          "SHOOTOUT_COMPARE_HEAD_PYTHON is 'python9', and there is no such program"))
      #expect(
        refusal(["SHOOTOUT_COMPARE_HEAD_PYTHON": "/bin/true", "SHOOTOUT_DEPLOYMENT": "docker"]).hasSuffix(
          "right would be DEPLOYMENT=process"))

      let dependency = try read([
        "SHOOTOUT_COMPARE_BASE": "uvicorn==0.53.0", "SHOOTOUT_COMPARE_HEAD": "uvicorn==0.54.0",
      ])
      #expect(
        dependency.known.map(\.replacement) == [
          .dependency("uvicorn", version: "0.53.0"), .dependency("uvicorn", version: "0.54.0"),
        ])
      #expect(
        refusal(["SHOOTOUT_COMPARE_BASE": "flask==1.0", "SHOOTOUT_COMPARE_HEAD": "1.0"]).hasSuffix(
          "one does not install flask; right would be one of one_package, uvicorn"))
    }

    /// Writes the folder of an application and returns its path.
    private func application(_ path: String, port: Int = 8000) -> String {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      folder.write(path + "/framework.json", Target.json(name, port: port))
      folder.write(path + "/requirements.txt", "one-package==2.0\n")
      return folder.path + "/" + path
    }

    @Test("A side may be another state of the application, with what that one pins")
    func applications() throws {
      let before = application("before/one", port: 9000)
      let configuration = try read([
        "SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": before, "SHOOTOUT_COMPARE_HEAD": "1.5.0",
      ])
      #expect(configuration.known.map(\.name) == ["base", "head"])
      #expect(configuration.known.map(\.port) == [8000, 8004])
      #expect(configuration.known.map(\.role) == [.reference, .framework])
      #expect(configuration.known.map(\.source) == [before, "/source"])
      #expect(configuration.known.map(\.replacement) == [nil, .version("1.5.0")])
      #expect(configuration.comparison?.base.description == before)
    }

    @Test("A folder that is no application of this framework, or is to run elsewhere, is refused")
    func otherApplications() throws {
      func refusal(_ base: String, _ more: [String: String] = [:]) -> String {
        let environment = [
          "SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": base, "SHOOTOUT_COMPARE_HEAD": "1.0",
        ].merging(more) { $1 }
        return #expect(throws: ConfigurationError.self) { try read(environment) }?.description ?? ""
      }
      let two = refusal(application("before/two"))
      #expect(two.contains("an application of two; right would be one of one"))
      let containers = refusal(application("before/one"), ["SHOOTOUT_DEPLOYMENT": "docker"])
      #expect(containers.contains("the deployment is docker; right would be DEPLOYMENT=process"))
      folder.write("broken/one/framework.json", "{")
      let broken = refusal(folder.path + "/broken/one")
      #expect(broken.hasPrefix("SHOOTOUT_COMPARE_BASE: ") && broken.contains("broken/one/framework.json"))
    }

    @Test("A source is a version, a tree, a wheel or a repository")
    func sources() throws {
      folder.write("tree/pyproject.toml", "")
      folder.write("one-1.0-py3-none-any.whl", "x")
      func source(_ text: String) -> PackageSource? { PackageSource(text, workingDirectory: folder.path) }
      #expect(source("1.4.1") == .version("1.4.1"))
      #expect(source("0.115.0.post1") == .version("0.115.0.post1"))
      #expect(source("uvicorn==0.54.0") == .dependency("uvicorn", version: "0.54.0"))
      #expect(source("tree") == .tree(folder.path + "/tree"))
      #expect(source("./tree") == .tree(folder.path + "/tree"))
      #expect(source(folder.path + "/one-1.0-py3-none-any.whl") == .wheel(folder.path + "/one-1.0-py3-none-any.whl"))
      #expect(source("git+https://example.org/one.git@main") == .repository("git+https://example.org/one.git@main"))
      #expect(source("1.4.1").map { $0.requirement("one-package") } == "one-package==1.4.1")
      #expect(source("tree").map { $0.requirement("one-package") } == folder.path + "/tree")
      for wrong in [
        "", "latest", "nowhere", "one.whl", "https://example.org/one", "v1.2", "uvicorn==", "==1.0", "uvicorn>=1",
        "a/b==1",
      ] {
        #expect(source(wrong) == nil, "\(wrong)")
      }
    }

    @Test(
      "A mistake gets one line that says what was wrong and what would be right",
      arguments: [
        (["SHOOTOUT_COMPARE_FRAMEWORK": "two"], "unknown framework 'two'", "known: one"),
        (["SHOOTOUT_COMPARE_FRAMEWORK": "bare"], "unknown framework 'bare'", "known: one"),
        (["SHOOTOUT_COMPARE_FRAMEWORK": "one"], "SHOOTOUT_COMPARE_BASE is not set", "1.4.1"),
        (
          ["SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": "1.0", "SHOOTOUT_COMPARE_HEAD": "newest"],
          "SHOOTOUT_COMPARE_HEAD is 'newest', which is no version and does not exist", "git+https://"
        ),
        (
          ["SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": "1.0", "SHOOTOUT_COMPARE_HEAD": "/nope"],
          "SHOOTOUT_COMPARE_HEAD is '/nope', which does not exist", "a source tree"
        ),
        (
          ["SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": "/usr", "SHOOTOUT_COMPARE_HEAD": "1.0"],
          "SHOOTOUT_COMPARE_BASE is '/usr', a folder without pyproject.toml and setup.py", "framework.json"
        ),
        (
          [
            "SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": "1.0",
            "SHOOTOUT_COMPARE_HEAD": "https://u:secret@h/x",
          ], "SHOOTOUT_COMPARE_HEAD is 'https://…@h/x', which is no version", "git+https://"
        ),
        (["SHOOTOUT_COMPARE_FRAMEWORK": "ones"], "unknown framework 'ones'", "did you mean one? known: one"),
        (
          [
            "SHOOTOUT_COMPARE_FRAMEWORK": "one", "SHOOTOUT_COMPARE_BASE": "1.0", "SHOOTOUT_COMPARE_HEAD": "1.0",
            "SHOOTOUT_COMPARE_SLOWDOWN": "much",
          ], "SHOOTOUT_COMPARE_SLOWDOWN is 'much'", "such as 5"
        ),
      ])
    func mistakes(environment: [String: String], wrong: String, right: String) throws {
      let error = #expect(throws: ConfigurationError.self) { try read(environment) }
      let text = error?.description ?? ""
      #expect(text.contains(wrong) && text.contains(right) && !text.contains("\n"), "\(text)")
    }
  }
}
