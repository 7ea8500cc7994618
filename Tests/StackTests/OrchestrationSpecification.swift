import BenchTesting
import Foundation
import Testing

@testable import Stack

extension Exclusive.StackTests {
  /// What the files for Docker Swarm and Kubernetes have to say, because no Swift reads them.
  @Suite struct OrchestrationSpecification {
    private let docker: String
    private let targets: [Target]

    init() throws {
      let checkout = try Checkout.find()
      docker = checkout.path + "/docker"
      targets = try Target.discover(in: checkout.frameworks)
    }

    /// A target that is only a folder of `docker/frameworks` takes no part on many machines, and need not.
    private func placed() throws -> [String] {
      let swarm = try text("swarm/stack.yaml")
      return targets.map(\.name).filter { name in
        swarm.contains("shootout-\(name)\n") || FileManager.default.fileExists(atPath: docker + "/kubernetes/" + name)
      }
    }

    private func text(_ path: String) throws -> String {
      try String(contentsOfFile: docker + "/" + path, encoding: .utf8)
    }

    @Test("A target is in the stack and in the manifests or in neither, and generators know its address")
    func targetsAreThere() throws {
      let swarm = try text("swarm/stack.yaml")
      let kustomization = try text("kubernetes/kustomization.yaml")
      let generators = try text("kubernetes/generators.yaml")
      let placed = try placed()
      #expect(placed.contains("reference") && placed.count > 1)
      for name in placed {
        #expect(
          swarm.contains("\n  \(name):\n    <<: *target\n    image: ${REGISTRY:-}shootout-\(name)\n"), "\(name)")
        #expect(swarm.contains("TARGET: \(name)}"), "\(name)")
        #expect(kustomization.contains("\n  - \(name)\n"), "\(name)")
        let overlay = try text("kubernetes/\(name)/kustomization.yaml")
        #expect(overlay.contains("target: \(name)}") && overlay.contains("newName: shootout-\(name)}"), "\(name)")
        #expect(overlay.contains(#""path": "/metadata/name", "value": "\#(name)""#), "\(name)")
      }
      let urls = placed.map { "\($0)=http://\($0):8000" }.sorted()
      for text in [swarm, generators] {
        let line = try #require(text.split(separator: "\n").first { $0.contains("=http://") })
        let found = line.split(separator: " ").last?.split(separator: ",").map(String.init).sorted()
        #expect(found == urls)
      }
    }

    @Test("The database is set as in every deployment", arguments: ["swarm/stack.yaml", "kubernetes/postgres.yaml"])
    func postgres(path: String) throws {
      let text = try text(path)
      for (name, value) in PostgresSettings.values(targets: try placed().count) {
        #expect(text.contains("-c, \(name)=\(value)"), "\(path)")
      }
    }

    @Test("Targets have as many workers as in every deployment, and no password is written down")
    func workers() throws {
      #expect(try text("swarm/stack.yaml").contains("WORKERS: \"\(Target.workers)\""))
      #expect(
        try text("kubernetes/target/target.yaml").contains("{name: WORKERS, value: \"\(Target.workers)\"}"))
      for path in ["swarm/stack.yaml", "kubernetes/target/target.yaml", "kubernetes/generators.yaml"] {
        for match in try text(path).matches(of: /bench:([^@]*)@/) {
          #expect(["${SHOOTOUT_DATABASE_PASSWORD:?is not set}", "$(PASSWORD)"].contains(String(match.1)), "\(path)")
        }
      }
    }
  }
}
