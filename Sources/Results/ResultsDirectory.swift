import Foundation

/// The folder of all results: `runs/<timestamp>/`, and `latest`, a link to the run that was made last.
public struct ResultsDirectory: Equatable, Sendable {
  public var path: String
  /// What it is called where the reader looks; nil where it is called the same. A container's folder is another on the host.
  public var pathOfReader: String?

  public init(path: String) {
    self.path = path
  }

  /// `SHOOTOUT_RESULTS`, or `results` in the checkout around the working directory.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    workingDirectory: String = FileManager.default.currentDirectoryPath
  ) {
    pathOfReader = environment["SHOOTOUT_RESULTS_ON_HOST"].flatMap { $0.isEmpty ? nil : $0 }
    if let chosen = environment["SHOOTOUT_RESULTS"], !chosen.allSatisfy(\.isWhitespace) {
      path = chosen.hasPrefix("/") ? chosen : workingDirectory + "/" + chosen
      return
    }
    var folder = workingDirectory
    while !FileManager.default.fileExists(atPath: folder + "/Package.swift") {
      let parent = (folder as NSString).deletingLastPathComponent
      if parent == folder || parent.isEmpty {
        folder = workingDirectory
        break
      }
      folder = parent
    }
    path = folder + "/results"
  }

  public var latest: RunDirectory { RunDirectory(path: path + "/latest") }

  /// A path in it as the reader finds it.
  public func shown(_ path: String) -> String {
    guard let pathOfReader, path.hasPrefix(self.path + "/") else { return path }
    return pathOfReader + path.dropFirst(self.path.count)
  }

  /// The run that a reader names: a folder, or the name of one of `runs/`, or `latest`.
  public func run(named name: String) -> RunDirectory {
    if name == "latest" { return latest }
    let kept = RunDirectory(path: path + "/runs/" + name)
    let isName = !name.contains("/") && !FileManager.default.fileExists(atPath: name)
    return isName && FileManager.default.fileExists(atPath: kept.path) ? kept : RunDirectory(path: name)
  }

  /// Makes sure that runs can be made in it, before anything is measured for one.
  public func prepare() throws {
    do throws(FileError) { try FileSystem.makeFolder(path + "/runs") } catch {
      throw RunDirectoryError.cannotMake(path: path, reason: error.reason)
    }
    guard access(path + "/runs", W_OK | X_OK) == 0 else {
      throw RunDirectoryError.cannotMake(path: path, reason: FileError(path: path).reason)
    }
    try refuseForeignLatest()
  }

  private func refuseForeignLatest() throws {
    var status = stat()
    if lstat(latest.path, &status) == 0,
      (try? FileManager.default.destinationOfSymbolicLink(atPath: latest.path))?
        .hasPrefix("runs/") != true
    {
      throw RunDirectoryError.notOurs(path: latest.path, reason: "is no link to a run")
    }
  }

  /// Makes `runs/<timestamp>/attachments` and points `latest` at the run.
  ///
  /// - Parameter now: named in UTC, `20260728T101502Z`; a second run in the same second gets `-2`.
  public func newRun(now: Date) throws -> RunDirectory {
    let name = now.ISO8601Format().replacing("-", with: "").replacing(":", with: "")
    try prepare()
    for suffix in [""] + (2...99).map({ "-\($0)" }) {
      let run = RunDirectory(path: path + "/runs/" + name + suffix)
      guard mkdir(run.path, 0o777) == 0 else {
        if errno == EEXIST { continue }
        throw RunDirectoryError.cannotMake(path: run.path, reason: FileError(path: run.path).reason)
      }
      try FileSystem.makeFolder(run.attachments)
      try makeLatest(run)
      return run
    }
    throw RunDirectoryError.tooManyRuns(name: name)
  }

  /// Points `latest` at the run, in one step, where the run is one of `runs/`. Any other place is left alone.
  @discardableResult
  public func makeLatest(_ run: RunDirectory) throws -> Bool {
    let target = URL(fileURLWithPath: run.path).resolvingSymlinksInPath()
    let runs = URL(fileURLWithPath: path + "/runs").resolvingSymlinksInPath()
    guard target.deletingLastPathComponent().path == runs.path else { return false }
    try refuseForeignLatest()
    let temporary = path + "/.latest-\(ProcessInfo.processInfo.processIdentifier)"
    unlink(temporary)
    guard symlink("runs/" + target.lastPathComponent, temporary) == 0 else {
      throw FileError(path: latest.path)
    }
    guard rename(temporary, latest.path) == 0 else {
      let error = FileError(path: latest.path)
      unlink(temporary)
      throw error
    }
    return true
  }
}

public enum RunDirectoryError: Error, Equatable, CustomStringConvertible {
  case noAttachments(path: String)
  case noManifest(path: String, problems: [RawResultsProblem])
  case tooManyRuns(name: String)
  case cannotMake(path: String, reason: String)
  /// Something that the suite did not make, in the place of what it would.
  case notOurs(path: String, reason: String)

  public var description: String {
    switch self {
    case .noAttachments(let path):
      "there are no attachments in \(path); measure with `make bench`, or name the folder of a run"
    case .noManifest(let path, let problems):
      "no report can be made from \(path):\n" + problems.map { "  \($0)" }.joined(separator: "\n")
    case .tooManyRuns(let name):
      "a hundred runs are named \(name) already"
    case .cannotMake(let path, let reason):
      "the folder \(path) cannot be made: \(reason); right would be a place that can be written, such as SHOOTOUT_RESULTS=/var/tmp/results"
    case .notOurs(let path, let reason):
      "\(path) \(reason), so it is left alone; move it, or name another folder"
    }
  }
}
