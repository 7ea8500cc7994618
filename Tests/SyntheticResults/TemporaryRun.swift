import Foundation
import Results

/// A folder that is gone when the body is done.
package func inTemporaryFolder(_ body: (String) throws -> Void) throws {
  let path = FileManager.default.temporaryDirectory.path + "/shootout-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  try body(path)
}

extension RunDirectory {
  package func put(_ files: [AttachedFile]) throws {
    for file in files {
      try file.bytes.write(to: URL(fileURLWithPath: attachments + "/" + file.name))
    }
  }
}

extension SyntheticRun {
  /// One scenario, one framework and the reference, and no round is missing.
  package static var complete: SyntheticRun {
    var run = SyntheticRun(frameworks: ["alpha", "bare"], rounds: 2)
    run.add("ping", "bare", perSecond: [20, 21])
    run.add("ping", "alpha", perSecond: [10, 11])
    return run
  }
}
