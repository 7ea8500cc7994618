import BenchTesting
import Foundation
import Glibc
import Results
import Stack
import SyntheticResults
import Testing

/// What was measured and cannot be kept is never a success.
@Suite struct UnwritableResultsTests {
  private static let bytes = Array("{\"a\":1}".utf8)

  // MARK: Attachments

  @Test("The folder for attachments is the one that the test program was given")
  func arguments() throws {
    try inTemporaryFolder { folder in
      for words in [
        ["--attachments-path", folder], ["--attachments-path=\(folder)"], ["x", "--attachments-path", folder],
      ] {
        let attachments = try #require(AttachmentFolder(arguments: ["program"] + words))
        try attachments.require("a.json", Self.bytes)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/a.json")) == Data(Self.bytes))
      #expect(AttachmentFolder(arguments: ["program", "--filter", "Perf"]) == nil)
      #expect(AttachmentFolder(arguments: ["program", "--attachments-path"]) == nil)
    }
  }

  @Test("An attachment that was written in part, or not at all, is written again")
  func partial() throws {
    try inTemporaryFolder { folder in
      let file = URL(fileURLWithPath: folder + "/a.json")
      for left in [Data(), Data(Self.bytes.prefix(3))] {
        try left.write(to: file)
        try AttachmentFolder(path: folder).require("a.json", Self.bytes)
        #expect(try Data(contentsOf: file) == Data(Self.bytes))
      }
    }
  }

  @Test("Where the folder is gone, the path and the reason are told, and the folder is not made again")
  func gone() throws {
    try inTemporaryFolder { folder in
      let path = folder + "/gone"
      let error = #expect(throws: RecordNotWritten.self) {
        try AttachmentFolder(path: path).require("a.json", Self.bytes)
      }
      #expect(
        error?.description
          == "the raw results could not be written to '\(path)/a.json': No such file or directory; the run ends here, with "
          + "what was written before")
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  // MARK: Commands that measure

  @Test("What cannot be kept is not measured: no server is started for it", arguments: ["curve", "soak", "faults"])
  func beforeServers(command: String) throws {
    try inTemporaryFolder { folder in
      let results = folder + "/results"
      try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: false)
      try Data().write(to: URL(fileURLWithPath: results + "/runs"))
      let run = try ProgramRun(
        [command],
        environment: [
          "SHOOTOUT_RESULTS": results, "SHOOTOUT_STATE": folder + "/state", "SHOOTOUT_FRAMEWORKS": "reference",
        ])
      #expect(run.status == 2)
      #expect(run.errors.hasPrefix("shootout: the folder \(results) cannot be made: "), "\(run.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/state"))
    }
  }

  // MARK: Reports

  /// A shell in which `$run` is the folder of a whole run on a disk of its own, which is small and full, and `$full` a device
  /// that takes nothing; nil where such things cannot be made.
  private func onFullDisk(_ script: String) throws -> ProgramRun? {
    var result: ProgramRun?
    try inTemporaryFolder { folder in
      let run = try ResultsDirectory(path: folder).newRun(now: Date(timeIntervalSince1970: 0))
      try run.put(SyntheticRun.complete.attachments())
      let made = """
        mkdir "$folder/disk" && mount -t tmpfs -o size=256k none "$folder/disk" && cp -r "$source" "$folder/disk/run" &&
        mknod "$folder/full" c 1 7 && (: >"$folder/full") || exit 77
        run="$folder/disk/run"; full="$folder/full"
        """
      let shell = try ProgramRun(
        ["-m", "sh", "-c", made + "\n" + script], program: "/usr/bin/unshare",
        environment: [
          "folder": folder, "source": run.path, "SHOOTOUT_RESULTS": folder,
          "shootout": CommandLineProgram.path(try Checkout.find()),
        ])
      guard ![77, 1].contains(shell.status) || shell.output.contains("ran") else {
        print("not tested: no disk or device can be made here (\(shell.errors))")
        return
      }
      result = shell
    }
    return result
  }

  @Test("A report on a disk that is full exits 2, and says which file and why; nothing half stays")
  func reportOnFullDisk() throws {
    let script = """
      head -c 1m /dev/zero >"$folder/disk/fill" 2>/dev/null
      "$shootout" report "$run" >"$folder/output"; echo "ran $?"; ls -A "$run" | tr '\\n' ' '
      """
    guard let shell = try onFullDisk(script) else { return }
    #expect(shell.output == "ran 2\nattachments ")
    #expect(shell.errors.hasPrefix("shootout: /") && shell.errors.hasSuffix("/disk/run/raw: No space left on device\n"))
  }

  @Test("A report into a device that is full exits 2")
  func reportIntoFullDevice() throws {
    guard let shell = try onFullDisk(#""$shootout" report "$run" >"$full"; echo "ran $?""#) else { return }
    #expect(shell.output == "ran 2\n")
    #expect(shell.errors == "shootout: the standard output could not be written: No space left on device\n")
  }
}
