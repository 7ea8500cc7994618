/// What of the user's environment reaches the programs that the suite starts.
///
/// A server, PostgreSQL, py-spy and the peers of the engine get none of it: their environments are written out where they
/// are started. A program that installs or asks gets what says where things are and how to get at them, never what says
/// what to install or how to answer. `docs/configuration.md` lists it.
package enum ChildEnvironment {
  /// The language and the time zone of every program whose output is read or kept.
  static let neutral = ["LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"]

  /// Of `KEY=value`.
  static func read(_ variables: [String]) -> [String: String] {
    variables.reduce(into: [:]) { environment, variable in
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
    }
  }

  /// For venv, pip and what pip calls.
  ///
  /// - Parameter user: the environment of this process.
  static func installing(_ user: [String: String]) -> [String: String] {
    user.filter { places.contains($0.key) || network.contains($0.key) || PipSettings.variables.contains($0.key) }
      .merging(neutral) { $1 }
      // Nobody is there to be asked for a password, and the user's own packages are not the target's.
      .merging(["GIT_TERMINAL_PROMPT": "0", "PYTHONNOUSERSITE": "1"]) { $1 }
  }

  /// For Git in this checkout. A `GIT_DIR`, as a hook has it, names another repository.
  package static func describing(_ user: [String: String]) -> [String: String] {
    user.filter { ["PATH", "HOME", "XDG_CONFIG_HOME"].contains($0.key) }.merging(neutral) { $1 }
      .merging(["GIT_OPTIONAL_LOCKS": "0"]) { $1 }
  }

  /// For a program that is asked for its version. It may be a launcher that finds the real one by the user's variables.
  package static func asking(_ user: [String: String]) -> [String: String] {
    user.filter { !$0.key.hasPrefix("PYTHON") && !$0.key.hasPrefix("_PYTHON") }.merging(neutral) { $1 }
  }

  /// For `docker`, which has settings of its own. The files and the project are named, and the files want BuildKit; what
  /// the user set for another project does not count.
  package static func containers(_ user: [String: String]) -> [String: String] {
    user.filter { !$0.key.hasPrefix("COMPOSE_") }.merging(neutral) { $1 }
      .merging(["COMPOSE_ANSI": "never", "BUILDKIT_PROGRESS": "plain", "DOCKER_BUILDKIT": "1"]) { $1 }
  }

  /// For the peers of the engine and the engine beside them: no proxy, no memory or thread settings of a runtime.
  package static func measuring(_ user: [String: String]) -> [String: String] {
    user.filter { ["PATH", "HOME", "LD_LIBRARY_PATH"].contains($0.key) }.merging(neutral) { $1 }
      .merging(["PYTHONNOUSERSITE": "1"]) { $1 }
  }

  /// Where programs, settings, caches and toolchains are, and who asks.
  private static let places: Set = [
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_CACHE_HOME",
    "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "CARGO_HOME", "RUSTUP_HOME",
  ]

  /// How to reach an index or a repository.
  private static let network: Set = [
    "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY",
    "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC",
    "SSH_AUTH_SOCK", "SSH_ASKPASS", "GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH",
  ]
}
