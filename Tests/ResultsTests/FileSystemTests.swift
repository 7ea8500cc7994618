import Foundation
import SyntheticResults
import Testing

@testable import Results

@Suite struct FileSystemTests {
  @Test func `a file is replaced in one step, and nothing else is left in its folder`() throws {
    try inTemporaryFolder { folder in
      try FileSystem.replace(folder + "/a", with: "one".utf8)
      try FileSystem.replace(folder + "/a", with: "two".utf8)
      #expect(try FileSystem.contents(of: folder + "/a") == Array("two".utf8))
      #expect(try FileSystem.names(in: folder) == ["a"])
    }
  }

  @Test func `a place that cannot be written is named as it was asked for, in the words of the kernel`() throws {
    try inTemporaryFolder { folder in
      try FileSystem.makeFolder(folder + "/a/b")
      #expect(throws: FileError(path: folder + "/gone/file", code: ENOENT)) {
        try FileSystem.replace(folder + "/gone/file", with: "x".utf8)
      }
      #expect(throws: FileError(path: folder + "/a", code: EISDIR)) {
        try FileSystem.replace(folder + "/a", with: "x".utf8)
      }
      let left = try FileSystem.names(in: folder) + FileSystem.names(in: folder + "/a")
      #expect(left == ["a", "b"])
      try FileSystem.replace(folder + "/file", with: "x".utf8)
      #expect(throws: FileError(path: folder + "/file/inner", code: ENOTDIR)) {
        try FileSystem.makeFolder(folder + "/file/inner")
      }
      #expect(FileError(path: folder, code: ENOSPC).description == "\(folder): No space left on device")
    }
  }

  @Test func `an error of Foundation is told in the words of the kernel`() throws {
    let error = #expect(throws: CocoaError.self) { try Data(contentsOf: URL(fileURLWithPath: "/nowhere/at/all")) }
    #expect(FileError.line(of: try #require(error)) == "/nowhere/at/all: No such file or directory")
  }
}

@Suite struct BaselineStoreTests {
  private static let conditions = Baseline.Conditions(SyntheticRun.complete.manifest)
  private static var own: String { conditions.machine.fingerprint + ".json" }

  @Test func `where nothing is there is no baseline`() throws {
    try inTemporaryFolder { folder in
      let none = try [folder, folder + "/gone"].map { try BaselineStore(folder: $0).find(for: Self.conditions) }
      #expect(none == [nil, nil])
    }
  }

  @Test(arguments: [own, "portable.json"])
  func `a baseline that is there and cannot be read is an error`(name: String) throws {
    try inTemporaryFolder { folder in
      let path = folder + "/" + name
      func reason() -> String? {
        do throws(BaselineError) {
          _ = try BaselineStore(folder: folder).find(for: Self.conditions)
          return nil
        } catch { return "\(error)" }
      }
      let right = "right would be a file that make baseline wrote, or none"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      #expect(reason() == "\(path): cannot be read: Is a directory; \(right)")
      try FileManager.default.removeItem(atPath: path)
      // A loop of links nobody may follow, root neither.
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: name)
      #expect(reason() == "\(path): cannot be read: Too many levels of symbolic links; \(right)")
    }
  }
}
