import Foundation

/// The folder of one run: its attachments, and the reports made from them.
public struct RunDirectory: Equatable, Sendable {
  /// Larger attachments are not read: a round is some ten kilobytes.
  package static let largestAttachment = 64 << 20

  public var path: String

  public init(path: String) {
    self.path = path
  }

  /// The name of the folder, also where the path is a link such as `latest`.
  public var name: String { URL(fileURLWithPath: path).resolvingSymlinksInPath().lastPathComponent }
  public var attachments: String { path + "/attachments" }
  public var htmlReport: String { path + "/report.html" }
  /// Where profiles go.
  public var flamegraphs: String { path + "/flamegraphs" }

  public var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether something was measured into it.
  public var hasManifest: Bool {
    guard let names = try? names() else { return false }
    return RawResults(names.filter { $0.hasPrefix("manifest") }, read: read).manifest != nil
  }

  /// Reads what `swift test --attachments-path` left, whatever it is, one file after the other.
  public func collect() throws -> RawResults { RawResults(try names(), read: read) }

  private func names() throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: attachments, isDirectory: &isFolder), isFolder.boolValue else {
      throw RunDirectoryError.noAttachments(path: path)
    }
    return try FileSystem.names(in: attachments)
  }

  private func read(_ name: String) throws -> Data {
    let file = attachments + "/" + name
    do {
      let facts = try FileSystem.facts(of: file)
      guard facts.isRegular else { throw UnreadableFile(reason: "it is not a regular file") }
      guard facts.size <= Self.largestAttachment else {
        throw UnreadableFile(reason: "it is larger than \(Self.largestAttachment >> 20) MiB")
      }
      return Data(try FileSystem.contents(of: file))
    } catch let error as FileError {
      throw UnreadableFile(reason: error.reason)
    }
  }

  /// Says that this process measures into the run for as long as it lives: flock(2) on the folder of attachments, which
  /// the kernel gives back.
  package func beginMeasuring() {
    let descriptor = open(attachments, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor >= 0 { _ = flock(descriptor, LOCK_SH | LOCK_NB) }
  }

  /// Whether a process measures into it now.
  public var isBeingMeasured: Bool {
    let descriptor = open(attachments, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// What one of several generators handed over.
  public func part(_ generator: Int) -> RunDirectory { RunDirectory(path: "\(path)/generators/\(generator)") }

  /// Puts a file among the attachments.
  public func keep(_ name: String, _ content: Data) throws {
    try FileSystem.makeFolder(attachments)
    try FileSystem.replace(attachments + "/" + name, with: content)
  }

  /// The same with a record of a run that is not attached by a test.
  package func keep(_ name: String, sealed record: some Encodable, run: String) throws {
    try keep(name, ResultsCoding.encodeSealed(record, run: run))
  }

  /// A name for a run that no other has.
  package static func newIdentity() -> String { Seal.newRun() }

  /// The names of the files that profiles have left.
  package var profiles: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: flamegraphs)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Replaces one file in one step, so that a reader never sees half of it.
  package func replace(_ name: String, with bytes: Data) throws {
    try FileSystem.replace(path + "/" + name, with: bytes)
  }

  /// What lies in the folder `raw` that no report has put there.
  private func stranger(in raw: String) -> String? {
    func isFolder(_ path: String) -> Bool {
      var status = stat()
      return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
    let entries = FileManager.default.enumerator(atPath: raw)?.allObjects as? [String] ?? []
    return entries.first { entry in
      isFolder(raw + "/" + entry)
        ? entry.split(separator: "/").count > 2 : entry.wholeMatch(of: /[^\/]+\/[^\/]+\/run\d+\.json/) == nil
    }
  }

  /// `raw/<framework>/<scenario>/run<k>.json` and `manifest.json`: the attachments, byte by byte.
  package func writeRaw(_ results: RawResults) throws {
    let files = FileManager.default
    let raw = path + "/raw"
    if let foreign = stranger(in: raw) {
      throw RunDirectoryError.notOurs(path: raw, reason: "holds '\(foreign)', which is no raw result")
    }
    let new = path + "/.raw-\(ProcessInfo.processInfo.processIdentifier)"
    try? files.removeItem(atPath: new)
    defer { try? files.removeItem(atPath: new) }
    do {
      try FileSystem.makeFolder(new)
      for (file, round) in zip(results.files, results.rounds) {
        let folder = "\(new)/\(round.framework)/\(round.scenario)"
        try FileSystem.makeFolder(folder)
        try FileSystem.replace("\(folder)/run\(round.round).json", with: read(file))
      }
      if files.fileExists(atPath: raw) { try files.removeItem(atPath: raw) }
      try FileSystem.rename(new, to: raw)
    } catch let error as FileError {
      // The folder that somebody knows.
      throw FileError(path: raw, code: error.code)
    }
    if let manifest = results.manifestFile { try replace("manifest.json", with: read(manifest)) }
  }
}
