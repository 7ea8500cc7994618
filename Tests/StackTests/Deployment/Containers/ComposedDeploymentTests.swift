import BenchTesting
import Foundation
import Machine
import Results
import TestSupport
import Testing

@testable import Stack

/// The suite as a service of `compose.yaml`. What needs an engine for it is tried by `.ci/docker`.
@Suite struct ComposedDeploymentTests {
  private let folder = TemporaryDirectory()
  private var shared: SharedFolder { SharedFolder(root: folder.path) }

  @Test("Each container says who it is, and what is installed in it")
  func announcements() throws {
    #expect(shared.password == nil && shared.id(of: "a") == nil && shared.installed(in: "a") == nil)
    folder.write("password", "hush")
    folder.write("containers/a.id", "0123456789ab\n")
    folder.write("containers/a.json", #"{"python": "3.11.2", "distributions": {"Sanic": "25.12.0"}}"#)
    folder.write("containers/b.json", "[]")
    #expect(shared.password == Secret("hush"))
    #expect(shared.id(of: "a") == "0123456789ab")
    #expect(shared.installed(in: "a")?.distributions.version(of: "sanic") == "25.12.0")
    #expect(shared.installed(in: "b") == nil)
  }

  @Test("What a healthy container runs writes just that down")
  func announcing() throws {
    folder.write("versions.json", "{}")
    folder.write("containers/kept", "")
    let command = SharedFolder.announcement(of: "a", folder.path + "/versions.json").replacing(
      SharedFolder.path, with: folder.path)
    let run = try ProgramRun(["-c", command + "true"], program: "/bin/sh")
    #expect(run.status == 0, "\(run.errors)")
    #expect(shared.id(of: "a") == ProcFile.text("/etc/hostname")?.trimmingCharacters(in: .whitespacesAndNewlines))
    #expect(ProcFile.text(folder.path + "/containers/a.json") == "{}")
  }

  @Test("Beside no services it says in a line what is to be run")
  func noServices() throws {
    let checkout = try Checkout.find()
    let targets = try Target.discover(in: checkout.frameworks)
    let configuration = StackConfiguration(
      checkout: checkout, deployment: .compose, known: targets, targets: targets, python: "python3",
      observesStatements: true)
    let deployment = ComposedDeployment(configuration, shared: shared, controlGroups: folder.path)
    let error = #expect(throws: DeploymentError.self) { try deployment.stack() }
    #expect(error == .container(.noService))
    #expect(error?.description.hasSuffix("right would be: docker compose run --rm suite bench") == true)
    #expect(throws: DeploymentError.container(.noService)) { try deployment.status([]) }
  }

  @Test(
    "The image refuses in a line what cannot be done in it",
    arguments: [
      (["bench"], "this container has no servers to measure"),
      (["test"], "docker compose run --rm suite test"),
      (["parity", "PROFIL=quick"], "'PROFIL=quick' is no setting of parity"),
      (["bench", "URLS="], "this container has no servers to measure"),
    ])
  func image(words: [String], line: String) throws {
    let run = try ProgramRun(
      [Checkout.find().path + "/docker/suite.sh"] + words, program: "/bin/sh",
      environment: ["SHOOTOUT_DEPLOYMENT": "external", "SHOOTOUT_URLS": ""])
    #expect(run.status == 2)
    #expect(run.errors.hasPrefix("shootout: ") && run.errors.contains(line), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1 && run.output.isEmpty)
  }
}
