import Glibc
import Machine

/// Where programs are.
package struct ProgramSearch {
  package var environment: [String: String]

  package init(environment: [String: String]) {
    self.environment = environment
  }

  private static let standardDirectories = [
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
  ]

  /// The path of a program by its name on `PATH`, or of one that is named by a path itself.
  package func program(_ name: String) -> String? {
    if name.contains("/") { return isProgram(name) ? name : nil }
    return path.map { $0 + "/" + name }.first(where: isProgram)
  }

  /// jemalloc's shared library of this machine's architecture, where Debian and others have it.
  package static var jemalloc: String? {
    #if arch(arm64)
      let debian = "/usr/lib/aarch64-linux-gnu"
    #else
      let debian = "/usr/lib/x86_64-linux-gnu"
    #endif
    return [debian, "/usr/lib64", "/usr/lib", "/usr/local/lib"].map { $0 + "/libjemalloc.so.2" }.first {
      access($0, R_OK) == 0
    }
  }

  /// The directory with `initdb` and `postgres`: the one that `SHOOTOUT_POSTGRES_BIN` names, else the newest of
  /// Debian's, else what `PATH` finds. A name on `PATH` comes last, since it may be a wrapper.
  package func postgresDirectory() throws(DeploymentError) -> String {
    let candidates: [String]
    if let named = environment["SHOOTOUT_POSTGRES_BIN"], !named.allSatisfy(\.isWhitespace) {
      candidates = [named]
    } else {
      let root = "/usr/lib/postgresql"
      let versions = ProcFile.entries(root).compactMap { Int($0) }.sorted(by: >)
      candidates = versions.map { "\(root)/\($0)/bin" } + path
    }
    let complete = candidates.first { isProgram($0 + "/initdb") && isProgram($0 + "/postgres") }
    guard let complete else {
      let searched = environment["SHOOTOUT_POSTGRES_BIN"].map { [$0] } ?? ["/usr/lib/postgresql/*/bin", "PATH"]
      throw .missing(program: "PostgreSQL (initdb, postgres)", searched: searched, packages: "postgresql")
    }
    return complete
  }

  private var path: [String] {
    environment["PATH"].map { $0.split(separator: ":").map(String.init) } ?? Self.standardDirectories
  }

  private func isProgram(_ path: String) -> Bool {
    // A folder may be entered, which is not to run it.
    var facts = stat()
    return access(path, X_OK) == 0 && stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
  }
}
