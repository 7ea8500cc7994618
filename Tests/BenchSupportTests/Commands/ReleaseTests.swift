import BenchTesting
import Foundation
import Stack
import TestSupport
import Testing

@testable import BenchSupport

/// The steps of the release workflow that need no engine.
@Suite struct ReleaseTests {
  private let checkout: Checkout

  init() throws {
    checkout = try Checkout.find()
  }

  private func release(_ words: String...) throws -> ProgramRun {
    try ProgramRun(words, program: checkout.path + "/.ci/release", directory: "/")
  }

  @Test("A release names its images in .env, in the repository's registry, and lets Compose pull them")
  func environment() throws {
    let run = try release("env", "v1.2.0", "Owner/Name")
    #expect(run.output == "REGISTRY=ghcr.io/owner/name/\nIMAGE_VERSION=1.2.0\nPULL_POLICY=missing\n")
    let template = try String(contentsOfFile: checkout.path + "/compose.yaml", encoding: .utf8)
    for name in ["REGISTRY", "IMAGE_VERSION", "PULL_POLICY"] { #expect(template.contains("${\(name):-"), "\(name)") }
  }

  @Test(
    "What is no release is refused in a line",
    arguments: [
      (["env", "1.2", "owner/name"], "'1.2' is no tag of a release; right would be v1.2.0"),
      (["env", "v1.2.0", "name"], "'name' is no repository; right would be owner/name"),
      (["check", "v999.0.0", "owner/name"], "right would be: .ci/release env v999.0.0 owner/name >.env"),
    ])
  func refusals(words: [String], line: String) throws {
    let run = try ProgramRun(words, program: checkout.path + "/.ci/release")
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("release: ") && run.errors.contains(line), "\(run.errors)")
  }

  @Test("Its images are the suite and one for each folder of a framework")
  func names() throws {
    let names = try JSONDecoder().decode([String].self, from: Data(release("names").output.utf8))
    #expect(try names == Target.discover(in: checkout.frameworks).map(\.name).sorted() + ["suite"])
  }
}
