import BenchSupport
import BenchTesting
import Foundation
import Stack
import Testing

extension Exclusive.StackTests {
  /// What `SECURITY.md` says of a framework under test. Other deployments start nothing on this machine that this could see.
  @Suite(.enabled("not DEPLOYMENT=process") { try Configuration.read(scenarios: nil).deployment == .process })
  struct ServerAccountTests {
    /// The values of a line of `/proc/<pid>/status`.
    private func facts(_ pid: Int32, _ key: String) throws -> [String] {
      let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(key + ":") })
      return line.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
    }

    @Test("Servers and database run as an account made for them under root, else as the user, and gain nothing")
    func accounts() async throws {
      let stack = try await StackUnderTest.shared()
      let processes = stack.servers.map { ($0.name, $0.process) } + [("postgres", stack.postgres?.process)]
      let isRoot = geteuid() == 0
      let account = isRoot ? try #require(Account.named("framework-shootout")).user : geteuid()
      for (name, process) in processes {
        let pid = try #require(process, "\(name)").pid
        #expect(try facts(pid, "Uid") == Array(repeating: "\(account)", count: 4), "\(name)")
        if isRoot { #expect(try account != 0 && facts(pid, "Groups").isEmpty, "\(name)") }
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] + (isRoot ? ["CapBnd"] : []) {
          #expect(try facts(pid, set) == ["0000000000000000"], "\(name): \(set)")
        }
        #expect(try facts(pid, "NoNewPrivs") == ["1"], "\(name)")
      }
    }

    @Test(
      "The account of the servers can neither read the stack's password or the user's files nor signal the tests",
      .enabled("only root starts servers as another account") { geteuid() == 0 })
    func noAccess() async throws {
      _ = try await StackUnderTest.shared()
      let account = try #require(Account.named("framework-shootout"))
      let state = try StateDirectory(of: Checkout.find())
      for command in [
        ["/bin/cat", state.stack], ["/bin/ls", state.logs], ["/bin/ls", NSHomeDirectory()],
        ["/bin/cat", "/proc/\(getpid())/environ"], ["/bin/sh", "-c", "kill -TERM \(getpid())"],
      ] {
        let launch = ProgramLaunch(command: command, environment: [:], directory: "/", account: account)
        let error = #expect(throws: DeploymentError.self, "\(command)") {
          try ShortCommand("trying", launch, deadline: .seconds(10)).run(.none)
        }
        let says = "\(String(describing: error))"
        #expect(says.contains("Permission denied") || says.contains("not permitted"), "\(command): \(says)")
      }
    }
  }
}
