import Stack

/// Where valgrind and vgdb are.
struct CountingPrograms {
  var valgrind: String
  var vgdb: String

  static let package = "valgrind"

  /// Where the image for counting has them.
  static let inImage = CountingPrograms(valgrind: "/usr/bin/valgrind", vgdb: "/usr/bin/vgdb")

  private init(valgrind: String, vgdb: String) {
    (self.valgrind, self.vgdb) = (valgrind, vgdb)
  }

  /// nil where they are not installed.
  init?(environment: [String: String]) {
    let search = ProgramSearch(environment: environment)
    guard let valgrind = search.program("valgrind"), let vgdb = search.program("vgdb") else { return nil }
    (self.valgrind, self.vgdb) = (valgrind, vgdb)
  }

  /// Why there are no instructions, as a clause.
  static let missing = "valgrind is not installed (Debian's package \(package))"

  /// Such as `3.19.0`; nil where it does not tell.
  func version(beside copy: ServerCopy, _ interrupts: Interrupts) throws(DeploymentError) -> String? {
    let launch = copy.beside([valgrind, "--version"], environment: ["PATH": "/usr/bin:/bin"])
    let answer = try ShortCommand("asking valgrind for its version", launch, deadline: .seconds(30)).run(interrupts)
    return answer.firstMatch(of: /valgrind-(\S+)/).map { String($0.1) }
  }
}
