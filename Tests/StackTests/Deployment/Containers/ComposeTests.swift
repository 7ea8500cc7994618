import BenchTesting
import Foundation
import TestSupport
import Testing

@testable import Stack

@Suite struct ComposeTests {
  private func files(_ checkout: Checkout = Checkout(path: "/checkout"), state: String = "/state") -> ComposeFiles {
    ComposeFiles(targets: [], checkout: checkout, state: StateDirectory(path: state))
  }

  private func target(_ name: String) -> Target {
    .named(name, port: 8123, source: "/checkout/docker/frameworks/\(name)")
  }

  @Test("What replaces a package is laid beside the applications; a repository is refused with what helps")
  func staging() throws {
    let folder = TemporaryDirectory()
    folder.write("source/pyproject.toml", "x")
    folder.write("a.whl", "w")
    let files = files(Checkout(path: folder.path))
    var target = target("base")
    folder.write("source/build/lib/old.py", "x")
    let sources = SourceStates(environment: [:], .none)
    for source in [PackageSource.tree(folder.path + "/source"), .wheel(folder.path + "/a.whl")] {
      target.replacement = source
      try files.stage(target, sources)
      let left = FileManager.default.subpaths(atPath: folder.path + "/.build/docker/base")?.sorted()
      #expect(left == (source == .wheel(folder.path + "/a.whl") ? ["a.whl"] : ["package", "package/pyproject.toml"]))
    }
    target.replacement = .repository("git+https://example.com/x@main")
    let error = #expect(throws: DeploymentError.self) { try files.stage(target, sources) }
    #expect(error?.description.hasSuffix("clone it and name the folder") == true)
  }

  @Test("What an image is made of is the same as long as nothing changes")
  func recipe() throws {
    let files = files(try Checkout.find())
    let target = target("a")
    // A dictionary has another order each time it is made.
    #expect((0..<20).allSatisfy { _ in files.recipe(target, [:]) == files.recipe(target, ["HOME": "/"]) })
    #expect(files.recipe(target, [:]) != files.recipe(target, ["PYTHON_IMAGE": "python:3.12-slim"]))
    #expect(files.recipe(target, [:]) != files.recipe(self.target("b"), [:]))
    #expect(files.recipe(nil, [:]) != files.recipe(nil, ["POSTGRES_MEMORY": "1G"]))
  }

  @Test("Compose reads the file that is named, and no file of variables beside it")
  func options() {
    #expect(
      Array(files().options.dropFirst(2)) == [
        "--env-file", "/dev/null", "--project-directory", "/checkout", "--file", "/state/compose.yaml",
      ])
  }

  @Test("What a container may use is said in the same words in every language")
  func limits() {
    #expect(
      Stack.Container(id: "x", name: "x", processors: 1.5, memoryBytes: 512 << 20).limits
        == "1.5 processors, 512 MiB")
    #expect(Stack.Container(id: "x", name: "x", processors: 2, memoryBytes: nil).limits == "2 processors, all memory")
  }

  @Test("Two checkouts are two projects, named so that Compose takes the name")
  func project() {
    func project(_ state: String) -> String {
      files(state: state).project
    }
    #expect(project("/a") != project("/b"))
    #expect(project("/a").wholeMatch(of: /framework-shootout-[0-9a-f]{8}/) != nil)
  }

  @Test("What the engine says of a container is read")
  func inspected() throws {
    let text = """
      [{"Id": "abc", "Name": "/stack-sanic-1", "Extra": 1,
        "State": {"Status": "exited", "ExitCode": 137, "OOMKilled": true, "Pid": 0},
        "HostConfig": {"NanoCpus": 1500000000, "Memory": 536870912},
        "NetworkSettings": {"Ports": {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": "49153"}], "8001/tcp": null}}},
       {"Id": "def", "Name": "/x", "State": {"Status": "running", "ExitCode": 0, "OOMKilled": false, "Pid": 7},
        "HostConfig": {"NanoCpus": 0, "Memory": 0}, "NetworkSettings": {"Ports": {}}}]
      """
    let states = try ContainerState.read(text)
    #expect(states.map(\.name) == ["stack-sanic-1", "x"])
    #expect(states.map(\.isRunning) == [false, true])
    #expect(states.map(\.pid) == [nil, 7])
    #expect(states[0].ports == ["5432/tcp": 49153])
    #expect(states[0].processors == 1.5 && states[0].memoryBytes == 512 << 20)
    #expect(states[1].processors == nil && states[1].memoryBytes == nil)
    for broken in ["", "{}", #"[{"Id": "abc"}]"#] {
      #expect(throws: DeploymentError.self) { try ContainerState.read(broken) }
    }
  }

  @Test("A container that ended is told with how, and with the end of its log")
  func ended() throws {
    func state(_ exitCode: Int, killed: Bool) throws -> ContainerState {
      try ContainerState.read(
        """
        [{"Id": "abc", "Name": "/stack-sanic-1",
          "State": {"Status": "exited", "ExitCode": \(exitCode), "OOMKilled": \(killed), "Pid": 0},
          "HostConfig": {"NanoCpus": 0, "Memory": 67108864}, "NetworkSettings": {"Ports": null}}]
        """)[0]
    }
    #expect(
      try state(137, killed: true).ended("sanic", log: ["a", "b"]).description
        == "sanic was killed for memory: its container may use 64 MiB; the end of docker logs stack-sanic-1:\n  a\n  b"
    )
    #expect(
      try state(3, killed: false).ended("sanic", log: ["boom"]).description
        == "sanic ended at its start (exit code 3): boom; the end of docker logs stack-sanic-1:\n  boom")
    #expect(
      try state(143, killed: false).ended("sanic", log: []).description.hasPrefix(
        "sanic ended at its start (killed by signal 15 (Terminated))"))
  }

  @Test("The engine's proxy of a port is known by its words")
  func proxy() {
    let words = ["/usr/sbin/docker-proxy", "-proto", "tcp", "-host-ip", "127.0.0.1", "-host-port", "8001"]
    #expect(PortProxy.isProxy(words, port: 8001))
    #expect(!PortProxy.isProxy(words, port: 80))
    #expect(!PortProxy.isProxy(words.dropLast(), port: 8001))
    #expect(!PortProxy.isProxy(["grep"] + words, port: 8001))
    #expect(!PortProxy.isProxy([], port: 8001))
  }

  @Test("What an image has installed is read, and found however a name is spelled")
  func installed() throws {
    let image = try InstalledInImage.read(#"{"python": "3.11.2", "distributions": {"Jinja2": "3.1.6"}}"#)
    #expect(image.python == "3.11.2")
    #expect(image.distributions.version(of: "jinja2") == "3.1.6")
    #expect(throws: DeploymentError.self) { try InstalledInImage.read("") }
  }

  @Test("No Docker, no engine, no access and no Compose are each told in a line")
  func problems() {
    let address = "unix:///var/run/docker.sock"
    let noEngine = "Cannot connect to the Docker daemon at \(address). Is the docker daemon running?"
    let noAccess = "permission denied while trying to connect to the Docker daemon socket at \(address)"
    #expect(ContainerProblem.engine(saying: noEngine, address: address) == .noEngine(address: address))
    #expect(ContainerProblem.engine(saying: noAccess, address: address) == .noAccess(address: address))
    #expect(ContainerProblem.compose(version: "2.26.1-4") == nil)
    #expect(ContainerProblem.compose(version: "v2.0.0") == nil)
    #expect(ContainerProblem.compose(version: "5.0.1") == nil)
    #expect(ContainerProblem.compose(version: nil) == .noCompose(version: nil))
    #expect(ContainerProblem.compose(version: "1.29.2") == .noCompose(version: "1.29.2"))
    for problem in [
      ContainerProblem.noProgram, .noEngine(address: address), .noAccess(address: address), .noCompose(version: nil),
    ] { #expect(!problem.description.contains("\n")) }
    #expect(
      ContainerProblem.noEngine(address: address).description
        == "no Docker engine answers at unix:///var/run/docker.sock: start one (sudo systemctl start docker), "
        + "or name another with DOCKER_HOST")
    #expect(ContainerProblem.noCompose(version: "1.29.2").description.contains("(found 1.29.2)"))
  }

  /// A program in the place of `docker`, so that what it says is known.
  private func find(_ script: String) -> DeploymentError? {
    let folder = TemporaryDirectory()
    folder.write("docker", "#!/bin/sh\n" + script)
    chmod(folder.path + "/docker", 0o755)
    do throws(DeploymentError) {
      _ = try ContainerEngine.find(environment: ["PATH": folder.path + ":/usr/bin:/bin"], .none)
      return nil
    } catch {
      return error
    }
  }

  @Test("The program is asked for its engine and for Compose, in this order")
  func finding() {
    #expect(find("echo 2.26.1") == nil)
    #expect(
      find("[ $1 = compose ] || exit 0; echo \"docker: 'compose' is not a docker command.\" >&2; exit 1")
        == .container(.noCompose(version: nil)))
    #expect(
      find("echo 'permission denied' >&2; exit 1")
        == .container(.noAccess(address: "unix:///var/run/docker.sock")))
    #expect(
      find("echo 'cannot connect' >&2; exit 1") == .container(.noEngine(address: "unix:///var/run/docker.sock")))
    let error = #expect(throws: DeploymentError.self) {
      _ = try ContainerEngine.find(environment: ["PATH": "/nowhere"], .none)
    }
    #expect(error == .container(.noProgram))
  }
}
