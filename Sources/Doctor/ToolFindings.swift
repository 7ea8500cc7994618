import Stack

extension MachineFacts.Tools {
  /// What the suite cannot do without, then what single commands need.
  var findings: [Finding] {
    guard !isImage else {
      return [.ok("the suite's image, which has all that it needs")]
        + (targetProblem.map { [.missing($0, "correct that file of docker/frameworks, and build the image anew")] }
          ?? [])
    }
    return [swiftFinding, headersFinding, pythonFinding, postgresFinding] + placeFindings + portFindings
      + optionalFindings
  }

  private static let install = "sudo apt-get install -y --no-install-recommends"

  private var swiftFinding: Finding {
    guard let swift else {
      return .missing("Swift is not on PATH.", "install a toolchain of Swift 6.2 or newer, and put its usr/bin on PATH")
    }
    return isAtLeast(swift, [6, 2])
      ? .ok("Swift \(swift)") : .missing("Swift \(swift) is too old.", "install a toolchain of Swift 6.2 or newer")
  }

  private var headersFinding: Finding {
    hasDatabaseHeaders
      ? .ok("libpq with headers") : .missing("The headers of libpq are missing.", "\(Self.install) libpq-dev")
  }

  private var pythonFinding: Finding {
    guard let python else { return .missing("Python is missing.", "\(Self.install) python3 python3-venv") }
    guard Interpreter.isSupported(python) else {
      return .missing("Python \(python) is too old.", "SHOOTOUT_PYTHON=python3.13 make …, with Python 3.11 or newer")
    }
    guard pythonHasVenv else {
      return .missing("Python \(python) has no venv module.", "\(Self.install) python3-venv")
    }
    return .ok("Python \(python) with venv")
  }

  private var postgresFinding: Finding {
    guard let postgres else {
      return .missing("PostgreSQL (initdb, postgres) is missing.", "\(Self.install) postgresql")
    }
    guard hasServerAccount else {
      return .missing(
        "The account \(Account.ofServers) is missing, as which root runs the servers and the database.", Account.making)
    }
    return .ok("PostgreSQL \(postgres)")
  }

  private var placeFindings: [Finding] {
    var findings: [Finding] = []
    if let targetProblem { findings.append(.missing(targetProblem, "correct that file of docker/frameworks")) }
    if let stateProblem {
      findings.append(.missing("\(stateProblem).", "SHOOTOUT_STATE=/a/short/path make … names another folder"))
    }
    if let freeDiskBytes, freeDiskBytes < 2 << 30 {
      findings.append(
        .missing(
          "Only \(freeDiskBytes >> 20) MiB of disk are free; environments and build take 2 GiB.",
          "make clean, in checkouts that are not used"))
    }
    return findings
  }

  private var portFindings: [Finding] {
    takenPorts.map { held in
      let holders = held.holders.isEmpty ? "another account's process" : held.holders.joined(separator: "; ")
      return .missing(
        "Port \(held.port), which \(held.target) needs, is in use by \(holders).",
        "make down, in the checkout that it belongs to; or end that process")
    }
  }

  private var optionalFindings: [Finding] {
    var findings: [Finding] = []
    if postgres != nil, !hasStatementStatistics {
      findings.append(
        .note(
          "pg_stat_statements is missing: what the database was asked is not counted beside a load, nor named by profiles.",
          "\(Self.install) postgresql-contrib")
      )
    }
    let uses = [
      ("git", "reports do not name the revision, and compare takes no repository", "\(Self.install) git"),
      (
        "docker", "DEPLOYMENT=docker needs it",
        "\(Self.install) docker.io, and Compose v2: docker-compose of Debian 13, or docker-compose-plugin of Docker"
      ),
      ("valgrind", "instructions and system calls are not counted", "\(Self.install) valgrind"),
      ("jemalloc", "instructions and system calls are not counted", "\(Self.install) libjemalloc2"),
      ("strace", "system calls are not told by name", "\(Self.install) strace"),
      ("wrk", "make bench-engine needs it", "\(Self.install) wrk"),
      ("hey", "make bench-engine needs it", "\(Self.install) hey"),
    ]
    for (name, use, fix) in uses {
      switch optional[name] {
      case true?: findings.append(.ok(name))
      case false?: findings.append(.note("\(name) is not installed; \(use).", fix))
      case nil: break
      }
    }
    return findings
  }

  /// Compares `6.10.1` with `[6, 2]` number by number.
  private func isAtLeast(_ version: String, _ least: [Int]) -> Bool {
    let numbers = version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
    return !numbers.lexicographicallyPrecedes(least)
  }
}
