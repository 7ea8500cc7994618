import Foundation
import TestSupport
import Testing

/// What the compiler cannot say: a library that comes with the toolchain is in no list of dependencies.
@Suite struct ImportTests {
  @Test(
    "The engine and what it is made of do without Foundation",
    arguments: ["LoadEngine", "WireFormats", "Histogram", "SeededRandom", "Text"])
  func withoutFoundation(module: String) throws {
    #expect(try imports(of: module).filter { $0.hasPrefix("Foundation") } == [])
  }

  @Test("What judges and what reports reaches no network, no process and no kernel", arguments: ["Reports", "Gate"])
  func withoutTheMachine(module: String) throws {
    let refused: Set = ["FoundationNetworking", "Glibc", "CLinux", "Stack", "Machine"]
    #expect(try imports(of: module).intersection(refused) == [])
  }

  @Test("An import is found, whatever stands before it")
  func found() throws {
    #expect(try imports(of: "LoadEngine").isSuperset(of: ["CLinux", "Glibc", "WireFormats"]))
  }

  private func imports(of module: String) throws -> Set<String> {
    let folder = SourceFiles.checkout.appendingPathComponent("Sources/\(module)")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let sources = (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    try #require(!sources.isEmpty, "no sources in \(folder.path)")
    return try sources.reduce(into: []) { modules, source in
      let text = try String(contentsOf: source, encoding: .utf8)
      for line in text.split(separator: "\n") {
        guard let found = line.firstMatch(of: /^(@\w+ |\w+ )*import (\w+ )?(?<module>\w+)/) else { continue }
        modules.insert(String(found.module))
      }
    }
  }
}
