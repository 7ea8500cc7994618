import Foundation
import Results
import Stack

extension CountConditions {
  /// What the counts of a server depend on: asked of its own interpreter.
  ///
  /// - Parameter programs: nil where instructions are not counted.
  init(
    of server: Stack.Server, _ copy: ServerCopy, _ programs: CountingPrograms?, _ deployment: DeploymentKind,
    _ interrupts: Interrupts
  ) throws(DeploymentError) {
    let valgrind = try programs?.version(beside: copy, interrupts)
    let launch = copy.beside(
      [copy.python, "-I", "-c", Self.question] + [programs?.allocator].compactMap(\.self),
      environment: ["PATH": "/usr/bin:/bin"])
    let answer = try ShortCommand("asking Python what it is", launch, deadline: .seconds(60)).run(interrupts)
    self.init(
      answer: answer.split(separator: "\n").map(String.init), processor: Self.level(ofFlags: Self.processorFlags()),
      valgrind: valgrind, deployment: deployment.rawValue, packages: server.versions)
  }

  /// Python prints these, a line each: of itself, and of the allocator that is named.
  static let question = #"""
    import os, platform, re, sys
    print(' '.join(sys.version.split()))
    try: print(os.confstr('CS_GNU_LIBC_VERSION'))
    except (OSError, ValueError): print(' '.join(platform.libc_ver()).strip() or 'unknown')
    print(platform.machine())
    if sys.argv[1:]:
        with open(sys.argv[1], 'rb') as library:
            version = re.search(rb'(\d+\.\d+\.\d+)-\d+-g[0-9a-f]{40}', library.read())
        print('jemalloc', version[1].decode() if version else '(of an unknown version)')
    """#

  init(
    answer: [String], processor: String, valgrind: String?, deployment: String, packages: [String: String]
  ) {
    func line(_ index: Int) -> String { index < answer.count ? answer[index] : "unknown" }
    self.init(
      interpreter: line(0), cLibrary: line(1), architecture: line(2), processor: processor, valgrind: valgrind,
      allocator: answer.count > 3 ? answer[3] : nil, deployment: deployment, packages: packages)
  }

  /// The C library and others choose their functions by what the processor can do. Valgrind shows them one of a few
  /// processors, by the most that the real one can do of what valgrind knows; nothing newer than AVX2.
  ///
  /// Source: valgrind's `m_machine.c`, and the levels of the x86-64 psABI.
  static func level(ofFlags flags: Set<String>) -> String {
    if flags.isEmpty { return "any" }
    if flags.isSuperset(of: ["avx2", "bmi1", "bmi2", "fma", "movbe"]) { return "x86-64-v3" }
    if flags.isSuperset(of: ["sse4_2", "ssse3", "popcnt", "cx16"]) {
      return flags.contains("avx") ? "x86-64-v2 with AVX" : "x86-64-v2"
    }
    return flags.contains("lm") ? "x86-64-v1" : "any"
  }

  private static func processorFlags() -> Set<String> {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") }
    return Set(line?.split(separator: ":").last?.split(separator: " ").map(String.init) ?? [])
  }
}
