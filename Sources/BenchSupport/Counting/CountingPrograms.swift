import Stack

/// Where valgrind, vgdb and the allocator are that a server is counted with.
///
/// What the C library's allocator does for the same calls depends on how its heap is cut up, which any change of a program
/// shifts: a function that is never called moved the cheapest scenario by half a percent. jemalloc keeps its memory by size,
/// and takes nearly the same for every call (docs/methodology.md).
struct CountingPrograms {
  var valgrind: String
  var vgdb: String
  /// jemalloc's shared library.
  var allocator: String

  /// Where the image for counting has them.
  static let inImage = CountingPrograms(
    valgrind: "/usr/bin/valgrind", vgdb: "/usr/bin/vgdb", allocator: "/usr/local/lib/libjemalloc.so.2")

  /// - Returns: why there are no instructions, where something is not installed.
  static func find(environment: [String: String]) -> Result<CountingPrograms, NotCounted> {
    let search = ProgramSearch(environment: environment)
    guard let valgrind = search.program("valgrind"), let vgdb = search.program("vgdb") else {
      return .failure(missing("valgrind", package: "valgrind"))
    }
    guard let allocator = ProgramSearch.jemalloc else {
      return .failure(missing("jemalloc", package: "libjemalloc2"))
    }
    return .success(CountingPrograms(valgrind: valgrind, vgdb: vgdb, allocator: allocator))
  }

  private static func missing(_ name: String, package: String) -> NotCounted {
    NotCounted(reason: "\(name) is not installed (Debian's package \(package))")
  }

  /// Has the server use jemalloc, in a way that no clock decides anything: memory is never given back.
  ///
  /// Source: jemalloc(3), "TUNING".
  var environment: [String: String] {
    ["LD_PRELOAD": allocator, "MALLOC_CONF": "narenas:1,dirty_decay_ms:-1,muzzy_decay_ms:-1"]
  }

  /// Such as `3.19.0`; nil where it does not tell.
  func version(beside copy: ServerCopy, _ interrupts: Interrupts) throws(DeploymentError) -> String? {
    let launch = copy.beside([valgrind, "--version"], environment: ["PATH": "/usr/bin:/bin"])
    let answer = try ShortCommand("asking valgrind for its version", launch, deadline: .seconds(30)).run(interrupts)
    return answer.firstMatch(of: /valgrind-(\S+)/).map { String($0.1) }
  }
}
