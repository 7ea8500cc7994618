import BenchTesting
import Foundation
import Machine
import Results
import TestSupport
import Testing

@testable import Stack

/// What the files for Compose, Swarm and Kubernetes say.
@Suite struct StackFileTests {
  private let checkout: Checkout
  private let targets: [Target]
  private let fifth: Target

  init() throws {
    checkout = try Checkout.find()
    targets = try Target.discover(in: checkout.frameworks)
    var fifth = Target.named("fifth", port: 8765, source: checkout.frameworks + "/fifth")
    fifth.environment = ["PYTHONPATH": checkout.fixtures + "/selftest", "PRICE": "1$ $(x) {port}"]
    fifth.stop = Target.Stop(signal: .int, graceS: 2.5)
    self.fifth = fifth
  }

  private func text(
    _ format: StackFile.Format, _ targets: [Target], settings: [String: String] = [:],
    environment: [String: String] = [:]
  ) throws -> String {
    try StackFile(format: format, targets: targets, checkout: checkout)
      .text(settings: settings, environment: environment)
  }

  @Test("A folder is all that a fifth framework needs: its port, settings and limits are in every file")
  func fifthFramework() throws {
    let values = #""PORT":"8765","PRICE":"1$$ $$(x) {port}","PYTHONPATH":"/srv/fixtures/selftest","TARGET":"fifth""#
    let url = "postgresql://bench:${SHOOTOUT_DATABASE_PASSWORD:?is not set}@postgres:5432/bench"
    let urls = (targets + [fifth]).map { "\($0.name)=http://\($0.name):\($0.port)" }.joined(separator: ",")

    for format in [StackFile.Format.docker, .compose] {
      let compose = try text(format, targets + [fifth])
      #expect(compose.contains("\n  fifth:\n    <<: *target\n"))
      #expect(compose.contains("FRAMEWORK: fifth\n") && compose.contains("STAGED: none\n"))
      #expect(compose.contains("stop_signal: SIGINT\n    stop_grace_period: 2.5s\n"))
      #expect(compose.ranges(of: "cpus: ${TARGET_CPUS:-${CONTESTANT_CPUS:-2}}\n").count == 1)
    }
    let docker = try text(.docker, targets + [fifth])
    #expect(docker.contains(#"environment: {"DATABASE_URL":"\#(url)",\#(values),"WORKERS":"4"}"#))
    #expect(docker.contains("\n      - 127.0.0.1:8765:8765\n"))
    let compose = try text(.compose, targets + [fifth])
    #expect(
      compose.contains(
        #"{"DATABASE_PASSWORD_FILE":"/run/shootout/password","DATABASE_URL":"postgresql://bench@postgres:5432/bench",\#(values)"#
      ))
    #expect(compose.contains("\n      fifth:\n        condition: service_healthy\n"))
    #expect(compose.contains("cp /opt/venv/versions.json /run/shootout/containers/fifth.json && touch /tmp/healthy"))

    let swarm = try text(.swarm, targets + [fifth])
    #expect(swarm.contains("\n  fifth:\n    <<: *server\n    image: ${REGISTRY:-}shootout-fifth\n"))
    #expect(swarm.contains(#"environment: {"DATABASE_URL":"\#(url)",\#(values),"WORKERS":"4"}"#))
    #expect(swarm.contains(#"limits: {cpus: "2", memory: 512M}"#))
    #expect(swarm.contains(#"SHOOTOUT_URLS: "\#(urls)""#))

    let kubernetes = try text(.kubernetes, targets + [fifth], environment: ["REGISTRY": "r.example/"])
    #expect(kubernetes.contains("image: r.example/shootout-fifth\n"))
    for variable in [
      #"{"name":"PORT","value":"8765"}"#, #"{"name":"PRICE","value":"1$ $$(x) {port}"}"#,
      #"{"name":"DATABASE_URL","value":"postgresql://bench:$(PASSWORD)@postgres:5432/bench"}"#,
    ] { #expect(kubernetes.contains(variable), "\(variable)") }
    #expect(kubernetes.contains("{name: fifth, namespace: framework-shootout, labels: {target: fifth}}"))
    #expect(kubernetes.contains("ports: [{containerPort: 8765}]") && kubernetes.contains("{name: http, port: 8765}"))
    #expect(kubernetes.contains(#"limits: {cpu: "2", memory: 512Mi}"#))
    #expect(kubernetes.contains(#"{name: SHOOTOUT_URLS, value: "\#(urls)"}"#))
  }

  @Test("compose.yaml of the checkout is what the template and the folders of the frameworks say: make compose")
  func checkoutFile() throws {
    let configuration = StackConfiguration(
      checkout: checkout, deployment: .process, known: targets, targets: targets, python: "python3",
      observesStatements: true)
    #expect(try ProcFile.text(checkout.path + "/compose.yaml") == configuration.file(for: .compose, environment: [:]))
  }

  @Test("Beside the suite nothing is published, has a way out or is given the engine")
  func closedStack() throws {
    let compose = try text(.compose, targets)
    #expect(!compose.contains("ports:") && !compose.contains("docker.sock") && !compose.contains("# only"))
    #expect(compose.contains("networks:\n  default:\n    internal: true\n"))
    #expect(compose.contains("- /sys/fs/cgroup:/host/cgroup:ro\n"))
    let docker = try text(.docker, targets)
    #expect(docker.contains("ports:") && !docker.contains("/run/shootout") && !docker.contains("# only"))
    #expect(!docker.contains("internal") && !docker.contains("suite:"))
  }

  @Test("Beside its folder nothing names a framework")
  func names() throws {
    let names = targets.filter { $0.role == .framework }.map(\.name)
    // Not the documentation, nor an example in a message.
    for place in ["docker", ".ci", ".github", "Makefile", "Package.swift", "Tests/SeparateHosts"] {
      let path = checkout.path + "/" + place
      let files = FileManager.default.subpaths(atPath: path).map { $0.map { path + "/" + $0 } } ?? [path]
      for file in files where !file.hasPrefix(checkout.frameworks) && !file.hasPrefix(checkout.path + "/docker/swarm") {
        let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
        for line in text.split(separator: "\n") where !line.contains("=http://host") {
          let words = Set(line.split { !$0.isLetter && !$0.isNumber }.map(String.init))
          #expect(words.isDisjoint(with: names), "\(file): \(line)")
        }
      }
    }
  }

  @Test("Every fact of a template is known", arguments: StackFile.Format.allCases)
  func facts(format: StackFile.Format) throws {
    let text = try text(format, targets, settings: ["fsync": "on"])
    #expect(text.firstMatch(of: /\{[a-z_]+\}/) == nil)
    #expect(!text.contains("# for each target") && !text.contains("# end"))
  }

  @Test("The database is set in the same way everywhere", arguments: StackFile.Format.allCases)
  func postgres(format: StackFile.Format) throws {
    let text = try text(format, targets, settings: ["max_connections": "148", "synchronous_commit": "off"])
    #expect(text.contains(#": ["postgres","-c","max_connections=148","-c","synchronous_commit=off"]"#))
  }

  @Test("No password is written down but in the manifests, which need one")
  func passwords() throws {
    let environment = ["SHOOTOUT_DATABASE_PASSWORD": "hush"]
    for format in StackFile.Format.allCases {
      let text = try text(format, targets, environment: environment)
      #expect(text.ranges(of: "hush").count == (format == .kubernetes ? 1 : 0))
      if format == .compose { #expect(!text.contains("bench:")) }
      for match in text.matches(of: /bench:([^@]*)@/) {
        #expect(["${SHOOTOUT_DATABASE_PASSWORD:?is not set}", "$(PASSWORD)"].contains(String(match.1)))
      }
    }
    #expect(try text(.kubernetes, targets).firstMatch(of: /stringData: \{password: "[0-9a-f]{48}"\}/) != nil)
  }

  @Test("The manifests have what was given, the others the variables and what is usual")
  func variables() throws {
    let given = ["GENERATORS": "10", "CONNECTIONS": "500", "PROFILE": ""]
    let kubernetes = try text(.kubernetes, targets, environment: given)
    #expect(kubernetes.contains("completions: 10\n      parallelism: 10\n"))
    #expect(kubernetes.contains(#"value: "500"}"#) && kubernetes.contains(#"value: "quick"}"#))
    #expect(kubernetes.contains("--generators 10 ") && !kubernetes.contains("${"))
    #expect(try text(.swarm, targets, environment: given).contains("replicas: ${GENERATORS:-2}\n"))
  }

  @Test("Two versions of a framework are built from its folder, each with its package")
  func versions() throws {
    var target = Target.named("base", port: 8123, source: checkout.frameworks + "/fastapi")
    target.package = "fastapi"
    func image(_ source: PackageSource) throws -> [String] {
      target.replacement = source
      let lines = try text(.docker, [target]).split(separator: "\n").map { $0.trimmingPrefix(while: \.isWhitespace) }
      return lines.filter { $0.contains(/^(FRAMEWORK|STAGED|REPLACEMENT):/) }.map(String.init)
    }
    let folder = ["FRAMEWORK: fastapi", "STAGED: base"]
    #expect(try image(.version("0.115.0")) == folder + [#"REPLACEMENT: "fastapi==0.115.0""#])
    #expect(try image(.wheel("/x/fastapi-1.whl")) == folder + [#"REPLACEMENT: "fastapi-1.whl""#])
    #expect(try image(.tree("/x/fastapi")) == folder + [#"REPLACEMENT: "package""#])
  }

  @Test("A template that is not there is an error with its path")
  func noTemplate() {
    let error = #expect(throws: DeploymentError.self) {
      try StackFile(format: .swarm, targets: [], checkout: Checkout(path: "/nowhere")).text(settings: [:])
    }
    #expect(error?.description.hasPrefix("/nowhere/docker/templates/swarm.yaml: cannot be read") == true)
  }
}
