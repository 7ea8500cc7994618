import Foundation
import Glibc
import Reports
import Results

/// Writes the site of all kept runs into a folder. Nothing is changed or removed in it that this did not make: a file in the
/// folder names all that it made, and a folder that holds other things and no such file is refused.
struct SitePublication {
  var path: String

  /// Lists what is the site's, one path below the folder on a line.
  static let mark = ".framework-shootout-site"
  /// A folder in which the files lie until all are written.
  private static let staging = mark + ".new"

  /// What was published.
  struct Outcome: Equatable {
    var runs: Int
    var files: Int
    /// One line for each run without a report.
    var unreadable: [String]
  }

  func publish(_ results: ResultsDirectory) throws -> Outcome {
    let runs = try Self.runs(in: results)
    guard !runs.isEmpty else { throw RunDirectoryError.noAttachments(path: results.path + "/runs") }
    let before = try claim()
    var files: [String: () throws -> [UInt8]] = [:]
    var published: [Site.Run] = []
    var unreadable: [Site.Unreadable] = []
    for run in runs {
      do {
        published.append(Site.Run(name: run.name, summary: try run.writeReports()))
        for file in Self.files(of: run) {
          files["runs/\(run.name)/\(file)"] = { try FileSystem.contents(of: run.path + "/" + file) }
        }
      } catch let error as RunDirectoryError {
        unreadable.append(Site.Unreadable(name: run.name, reason: Self.reason(error)))
      }
    }
    for page in Site(published, unreadable: unreadable).pages { files[page.path] = { Array(page.text.utf8) } }

    let names = files.keys.sorted()
    for name in names { try refuseForeign(name, before) }
    // Before the first file, so that a publication that is ended halfway is still known to be ours.
    try writeMark(before.union(names))
    defer { try? FileManager.default.removeItem(atPath: path + "/" + Self.staging) }
    do { try stage(files) } catch {
      for name in names { removeEmptyFolders(of: name) }
      // Where there is no room for it, the mark names files that are not there.
      try? writeMark(before)
      throw error
    }
    for name in names { try FileSystem.rename(staged(name), to: path + "/" + name) }
    for name in before.subtracting(names) where (try? refuseForeign(name, before)) != nil { remove(name) }
    try writeMark(Set(names))
    return Outcome(
      runs: published.count, files: names.count, unreadable: unreadable.map { "\($0.name): \($0.reason)" })
  }

  // MARK: - All or nothing

  /// Writes all files and makes all folders, without touching a page that is there: on a full disk the site stays as it was.
  private func stage(_ files: [String: () throws -> [UInt8]]) throws {
    // Of a publication that was killed.
    try? FileManager.default.removeItem(atPath: path + "/" + Self.staging)
    for (name, content) in files {
      for place in [path + "/" + name, staged(name)] {
        try FileSystem.makeFolder((place as NSString).deletingLastPathComponent)
      }
      try FileSystem.replace(staged(name), with: content())
    }
  }

  private func staged(_ name: String) -> String { "\(path)/\(Self.staging)/\(name)" }

  // MARK: - What is ours

  /// The paths that an earlier publication made.
  private func claim() throws -> Set<String> {
    do throws(FileError) { try FileSystem.makeFolder(path) } catch {
      throw error.code == EEXIST ? RunDirectoryError.notOurs(path: path, reason: "is no folder") : error as any Error
    }
    let entries = try FileSystem.names(in: path)
    guard entries.contains(Self.mark) else {
      guard entries.isEmpty else {
        throw RunDirectoryError.notOurs(path: path, reason: "holds files and was not made by shootout report --publish")
      }
      return []
    }
    let text = String(decoding: try FileSystem.contents(of: path + "/" + Self.mark), as: UTF8.self)
    return Set(text.split(separator: "\n").map(String.init).filter(Self.isBelow))
  }

  /// Whether a path stays in the folder.
  private static func isBelow(_ name: String) -> Bool {
    !name.hasPrefix("/")
      && !name.split(separator: "/", omittingEmptySubsequences: false).contains { ["", ".", ".."].contains($0) }
  }

  /// Refuses what stands in the way: a file that is not in the list, and a link or a file in the place of a folder.
  private func refuseForeign(_ name: String, _ ours: Set<String>) throws {
    var place = path
    let parts = name.split(separator: "/")
    for (index, part) in parts.enumerated() {
      place += "/" + part
      var status = stat()
      guard lstat(place, &status) == 0 else { return }
      let kind = status.st_mode & S_IFMT
      let isRight = index < parts.count - 1 ? kind == S_IFDIR : kind == S_IFREG && ours.contains(name)
      guard isRight else {
        throw RunDirectoryError.notOurs(path: place, reason: "was not made by shootout report --publish")
      }
    }
  }

  private func writeMark(_ names: Set<String>) throws {
    let text = names.sorted().map { $0 + "\n" }.joined()
    try FileSystem.replace(path + "/" + Self.mark, with: text.utf8)
  }

  /// A file of ours, and the folders that are empty without it.
  private func remove(_ name: String) {
    unlink(path + "/" + name)
    removeEmptyFolders(of: name)
  }

  private func removeEmptyFolders(of name: String) {
    var folder = (name as NSString).deletingLastPathComponent
    while !folder.isEmpty, rmdir(path + "/" + folder) == 0 {
      folder = (folder as NSString).deletingLastPathComponent
    }
  }

  // MARK: - Runs

  /// In the order of their names, without one that is being measured.
  private static func runs(in results: ResultsDirectory) throws -> [RunDirectory] {
    let folder = results.path + "/runs"
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileSystem.names(in: folder).sorted().map { RunDirectory(path: folder + "/" + $0) }
      .filter { FileManager.default.fileExists(atPath: $0.attachments) && !$0.isBeingMeasured }
  }

  /// Why there is no report, without the folder of this machine.
  private static func reason(_ error: RunDirectoryError) -> String {
    guard case .noManifest(_, let problems) = error else { return "it has no attachments" }
    return problems.map(\.description).joined(separator: "; ")
  }

  /// What a reader of a run's page may open: the reports, the raw results and the profiles, without what they were made from.
  private static func files(of run: RunDirectory) -> [String] {
    let entries = FileManager.default.enumerator(atPath: run.path)?.allObjects as? [String] ?? []
    return entries.sorted().filter { entry in
      let top = entry.split(separator: "/").first.map(String.init) ?? ""
      guard !["attachments", "generators", "log.txt"].contains(top), isBelow(entry),
        !entry.split(separator: "/").contains(where: { $0.hasPrefix(".") })
      else { return false }
      var status = stat()
      guard lstat(run.path + "/" + entry, &status) == 0 else { return false }
      return status.st_mode & S_IFMT == S_IFREG
    }
  }
}
