import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Machine
import TestSupport
import Testing

@testable import Stack

/// Why nothing can be said of containers here; nil where an engine answers.
private let noEngine: String? = {
  do throws(DeploymentError) {
    _ = try ContainerEngine.find(environment: ProcessInfo.processInfo.environment, .none)
    return nil
  } catch {
    return "\(error)"
  }
}()

extension Exclusive.StackTests {
  /// A stack of its own, with the reference on a free port, whatever else is up.
  @Suite(.enabled(if: noEngine == nil, "SKIPPED, containers are not tested: \(noEngine ?? "")"))
  struct ContainerTests {
    private let folder = TemporaryDirectory()
    private let target: Target
    private let engine: ContainerEngine

    private var state: StateDirectory { StateDirectory(path: folder.path + "/state") }

    init() throws {
      var reference = try #require(
        Target.discover(in: Checkout.find().frameworks).first { $0.role == .reference })
      reference.port = try PortHolder.findFree()
      target = reference
      engine = try ContainerEngine.find(environment: ProcessInfo.processInfo.environment, .none)
    }

    private func deployment(_ variables: [String: String] = [:]) throws -> StackDeployment {
      let configuration = try Configuration.read(
        [:], checkout: Checkout.find(), scenarios: nil, targets: [target])
      return try StackDeployment(
        configuration.stack, kind: .docker, state: state,
        environment: ProcessInfo.processInfo.environment.merging(variables) { $1 }, interrupts: .none,
        progress: .silent)
    }

    private var project: String {
      ComposeFiles(targets: [], checkout: Checkout(path: ""), state: state).project
    }

    private func removeImages() {
      for image in ["\(project)-\(target.name)", "\(project)-\(target.name)-counting"] {
        _ = try? engine.ask("tidying", ["image", "rm", "--force", image])
      }
    }

    private func expectNothingLeft() throws {
      let label = ["--filter", "label=com.docker.compose.project=\(project)"]
      #expect(try engine.ask("looking", ["container", "ls", "--all", "--quiet"] + label) == "")
      #expect(try engine.ask("looking", ["volume", "ls", "--quiet"] + label) == "")
      #expect(try engine.ask("looking", ["network", "ls", "--quiet"] + label) == "")
      #expect(!FileManager.default.fileExists(atPath: state.stack))
    }

    @Test("A stack in containers keeps its limits, may do little, is kept when asked for again, and leaves nothing")
    func stack() throws {
      let deployment = try deployment()
      defer {
        try? deployment.down()
        removeImages()
      }
      let stack = try deployment.deploy([target.name], lifetime: .untilDown)
      let server = try #require(stack[target.name]?.container)
      let postgres = try #require(stack.postgres?.container)
      for container in [server, postgres] {
        try limits(of: container)
        try rights(of: container)
      }
      try places(server, stack)
      try secrets(stack)
      try usage(stack)
      try copy(stack)
      #expect(try deployment.status([target.name]).isHealthy)
      #expect(try becomesHealthy(server) && becomesHealthy(postgres))

      let again = try deployment.deploy([target.name], lifetime: .untilDown)
      #expect(again == stack)

      // What is written down nowhere is found all the same.
      unlink(state.stack)
      try deployment.down()
      try expectNothingLeft()
    }

    private func limits(of container: Stack.Container) throws {
      let group = try #require(container.controlGroup, "the control group of \(container.name) cannot be seen")
      #expect(group.processorLimit() == 2)
      #expect(group.memoryLimit() == 512 << 20)
      #expect(group.memoryKills() == 0)
      #expect(container.limits == "2 processors, 512 MiB")
    }

    private func rights(of container: Stack.Container) throws {
      func shell(_ script: String) throws -> [String] {
        try engine.ask("looking", ["exec", container.id, "sh", "-c", script]).split(separator: "\n").map(String.init)
      }
      #expect(try shell("id -u") != ["0"])
      let status = try shell("grep -E '^(Uid|Cap|NoNewPrivs)' /proc/1/status")
      for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        #expect(status.contains("\(set):\t0000000000000000"), "\(status)")
      }
      #expect(status.contains("NoNewPrivs:\t1"))
      #expect(status.contains { $0.hasPrefix("Uid:\t") && !$0.hasPrefix("Uid:\t0") })
      for place in ["/", "/srv", "/usr/bin", "/etc"] {
        let answer = try shell("touch \(place)/x 2>&1 && echo written || true").joined()
        #expect(answer.contains("Read-only file system"), "\(place): \(answer)")
      }
      #expect(try shell("awk '$2 == \"/\" { print $4 }' /proc/mounts").first?.split(separator: ",").first == "ro")
      #expect(try shell("awk '$2 == \"/tmp\" { print $3 }' /proc/mounts") == ["tmpfs"])
    }

    private func places(_ container: Stack.Container, _ stack: Stack) throws {
      #expect(
        try engine.ask("looking", ["port", container.id]) == "\(target.port)/tcp -> 127.0.0.1:\(target.port)")
      let postgres = try #require(stack.postgres)
      let id = try #require(postgres.container?.id)
      #expect(try engine.ask("looking", ["port", id]) == "5432/tcp -> 127.0.0.1:\(postgres.port)")
    }

    private func secrets(_ stack: Stack) throws {
      let password = try #require(stack.postgres?.password.value)
      #expect(password.count == 48)
      let compose = try #require(ProcFile.text(state.path + "/compose.yaml"))
      #expect(!compose.contains(password))
      let history = try engine.ask(
        "looking", ["image", "history", "--no-trunc", "--format", "{{.CreatedBy}}", "\(project)-\(target.name)"])
      #expect(!history.contains(password) && history.contains("target.py"))
    }

    private func usage(_ stack: Stack) throws {
      let sampler = ResourceSampler(stack, underLoad: target.name)
      let first = sampler.sample()
      for _ in 0..<20 {
        #expect(LoopbackProbe.status(port: target.port, path: "/json-large", timeout: .seconds(10)) == 200)
      }
      let figures = sampler.difference(from: first, to: sampler.sample(withMemory: true))
      let server = try #require(figures.server)
      #expect(server.processes >= Target.workers && server.cpuS > 0.005, "\(server)")
      #expect(try (0..<1).contains(#require(figures.proxyCpuS, "the engine's proxy is not seen")))
      #expect(try (50..<512).contains(#require(server.memoryBytes) >> 20))
      #expect(try (10..<512).contains(#require(figures.postgres?.memoryBytes) >> 20))
    }

    /// What looks for the containers of the project would take a copy for the server, and leave that one up.
    private func copy(_ stack: Stack) throws {
      let copy = try ServerCopy(
        of: try #require(stack[target.name]), target, changed: ServerCopy.Change(for: "copied"), Checkout.find(),
        in: state, .none)
      try copy.waitUntilReady(within: .seconds(120), .none)
      let label = ["--filter", "label=com.docker.compose.project=\(project)"]
      let names = try engine.ask("looking", ["container", "ls", "--format", "{{.Names}}"] + label)
      #expect(names.split(separator: "\n").count == 2, "\(names)")
      withExtendedLifetime(copy) {}
    }

    private func becomesHealthy(_ container: Stack.Container) throws -> Bool {
      let deadline = Instant.now() + .seconds(60)
      while Instant.now() < deadline {
        let health = try engine.ask("looking", ["inspect", "--format", "{{.State.Health.Status}}", container.id])
        if health == "healthy" { return true }
        usleep(200_000)
      }
      return false
    }

    @Test("A server whose memory does not suffice is told as that, and what was started is taken down again")
    func killedForMemory() throws {
      let deployment = try deployment(["TARGET_MEMORY": "48M"])
      defer {
        try? deployment.down()
        removeImages()
      }
      let error = #expect(throws: DeploymentError.self) {
        try deployment.deploy([target.name], lifetime: .untilDown)
      }
      #expect(
        error?.description.hasPrefix("\(target.name) was killed for memory: its container may use 48 MiB") == true,
        "\(error.map(String.init(describing:)) ?? "no error")")
      try expectNothingLeft()
    }

    @Test("A port in use stops a deployment before anything is started")
    func portInUse() throws {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = LoopbackProbe.address(port: target.port)
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      try #require(bound == 0 && listen(descriptor, 1) == 0)
      let error = #expect(throws: DeploymentError.self) {
        try deployment().deploy([target.name], lifetime: .untilDown)
      }
      #expect(error?.description.hasPrefix("port \(target.port), which reference needs, is in use by pid") == true)
      try expectNothingLeft()
    }
  }
}
