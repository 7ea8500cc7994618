import Results

extension RunDirectory {
  /// Writes what several generators saw together as the attachments of this run.
  public func write(_ merge: DistributedMerge) throws {
    try keep("manifest.json", ResultsCoding.encode(merge.manifest))
    for round in merge.rounds { try keep(round.fileName, ResultsCoding.encode(round)) }
  }
}
