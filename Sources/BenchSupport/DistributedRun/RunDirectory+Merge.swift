import Foundation
import Results

extension RunDirectory {
  /// Writes what several generators saw together as the attachments of this run.
  public func write(_ merge: DistributedMerge) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try keep("manifest.json", encoder.encode(merge.manifest))
    for round in merge.rounds {
      try keep("\(round.scenario)--\(round.framework)--round\(round.round).json", encoder.encode(round))
    }
  }
}
