import Foundation
import Glibc

/// The folder `fixtures/baselines`: `portable.json`, for any machine, and one file for each machine by its fingerprint.
public struct BaselineStore: Sendable {
  public var folder: String

  public init(folder: String) {
    self.folder = folder
  }

  public static let portableName = "portable.json"

  /// The baseline of this machine, else the portable one, else none.
  public func find(for conditions: Baseline.Conditions) throws(BaselineError) -> StoredBaseline? {
    let own = conditions.machine.fingerprint + ".json"
    for name in [own, BaselineStore.portableName] {
      if let baseline = try read(name) { return StoredBaseline(name: name, baseline: baseline, isOwn: name == own) }
    }
    return nil
  }

  private func read(_ name: String) throws(BaselineError) -> Baseline? {
    guard var baseline = try read(Baseline.self, name, current: Baseline.currentSchema) else { return nil }
    baseline.settings = baseline.settings?.withFormerNames
    return baseline
  }

  /// nil where there is no such file.
  func read<Record: VersionedRecord>(
    _: Record.Type, _ name: String, current: Int
  ) throws(BaselineError) -> Record? {
    let path = folder + "/" + name
    guard let data = try contents(path) else { return nil }
    do {
      return try ResultsCoding.decode(Record.self, from: data)
    } catch let error as UnknownSchema {
      throw .unreadable(path: path, reason: "version \(error.found) of the format, \(current) is known; make baseline")
    } catch {
      throw .unreadable(path: path, reason: "not a baseline; make it anew with: make baseline")
    }
  }

  /// nil where nothing is at the path. What is there and cannot be read is an error, and no absence.
  private func contents(_ path: String) throws(BaselineError) -> Data? {
    do throws(FileError) { return try Data(FileSystem.contents(of: path)) } catch {
      if error.code == ENOENT { return nil }
      throw .unreadable(
        path: path, reason: "cannot be read: \(error.reason); right would be a file that make baseline wrote, or none")
    }
  }

  /// Writes the file anew, and returns its path.
  public func write(_ baseline: Baseline, asPortable: Bool) throws -> String {
    let own = baseline.conditions.machine.fingerprint + ".json"
    return try write(baseline, named: asPortable ? BaselineStore.portableName : own)
  }

  /// One line for each list of numbers, so that a review sees what changed.
  func write(_ record: some Encodable, named name: String) throws -> String {
    let pretty = String(decoding: try ResultsCoding.encode(record, pretty: true), as: UTF8.self)
    let text = pretty.replacing(/\[\s+(-?[0-9.e,\s-]+?)\s+\]/) { match in
      "["
        + match.1.split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        .joined(separator: ", ") + "]"
    }
    try FileSystem.makeFolder(folder)
    let path = folder + "/" + name
    try FileSystem.replace(path, with: (text + "\n").utf8)
    return path
  }
}

/// A baseline, and how far it may be relied on here.
public struct StoredBaseline: Equatable, Sendable {
  public var name: String
  public var baseline: Baseline
  /// Made on a machine like this one.
  public var isOwn: Bool

  public init(name: String, baseline: Baseline, isOwn: Bool) {
    self.name = name
    self.baseline = baseline
    self.isOwn = isOwn
  }

  /// Whether it says what servers held; those of earlier versions do not.
  package var holdsMemory: Bool {
    baseline.cells.contains { cell in
      cell.logRatiosToReference.keys.contains { Metric(rawValue: $0)?.isOfMemory == true }
    }
  }

  /// One sentence: which baseline it is, and what is different about it.
  public var origin: String {
    let day = baseline.made.prefix(10)
    guard !isOwn else { return "baseline \(name), made on this kind of machine on \(day)" }
    let machine = baseline.conditions.machine
    return
      "baseline \(name), from another machine: made on \(day) on \(machine.processors) × \(machine.cpuModel), so that nothing"
      + " may fail by it; make baseline makes one for this machine"
  }

  /// What a framework has changed since. It is compared all the same, for that is the question.
  package func changes(_ framework: Manifest.FrameworkEntry) -> [Change] {
    Change.all(from: baseline.packages[framework.name] ?? [:], to: framework.versions)
  }
}
