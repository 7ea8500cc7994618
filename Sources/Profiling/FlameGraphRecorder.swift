import Foundation
import Glibc
import LoadEngine
import Machine
import Stack

/// Records the stacks of a running server with py-spy: of the leader and all its workers.
struct FlameGraphRecorder {
  /// The program, from the pinned requirements.
  var program: String
  var samplesPerSecond: Int
  var interrupts: Interrupts

  /// Beside the recording: reading the symbols of the binaries.
  private static let patience = Duration.seconds(60)

  /// What was recorded.
  struct Recording: Equatable {
    var stacks: CollapsedStacks
    /// Why compiled code has no frames; nil where it has.
    var nativeFailure: String?
  }

  /// Records while the server is under load. Where native frames cannot be had, without them.
  ///
  /// - Parameter folder: for what py-spy writes, until it is read.
  func record(_ leader: ProcessIdentity, seconds: Int, in folder: String) throws(ProfileError) -> Recording {
    let path = folder + "/.recording-\(leader.pid).txt"
    defer { unlink(path) }
    var failures: [String] = []
    for isNative in [true, false] {
      let words = Self.arguments(
        pid: leader.pid, seconds: seconds, samplesPerSecond: samplesPerSecond, isNative: isNative, path: path)
      let launch = ProgramLaunch(
        command: [program] + words, environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"], directory: folder)
      do throws(DeploymentError) {
        try ShortCommand("py-spy", launch, deadline: .seconds(seconds) + Self.patience).run(interrupts)
        return Recording(stacks: try Self.stacks(at: path), nativeFailure: failures.last.map(Self.lastLine))
      } catch {
        if case .interrupted = error { throw .deployment(error) }
        failures.append("\(error)")
        if let reason = Self.refusal(in: "\(error)") { throw .notAllowed(reason) }
      }
    }
    throw .profiler(failures.last ?? "")
  }

  private static func stacks(at path: String) throws(DeploymentError) -> CollapsedStacks {
    guard let bytes = FileManager.default.contents(atPath: path),
      let stacks = CollapsedStacks(raw: String(decoding: bytes, as: UTF8.self))
    else { throw .unusableState(path: path, reason: "holds no recorded stacks") }
    return stacks
  }

  /// Where a program says what went wrong.
  static func lastLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "it said nothing"
  }

  static func arguments(pid: Int32, seconds: Int, samplesPerSecond: Int, isNative: Bool, path: String)
    -> [String]
  {
    [
      "record", "--pid", "\(pid)", "--subprocesses", "--function", "--rate", "\(samplesPerSecond)", "--duration",
      "\(seconds)", "--format", "raw", "--output", path,
    ] + (isNative ? ["--native"] : [])
  }

  /// Where what the profiler said means that it may not trace.
  static func refusal(in output: String) -> TracePermission.Obstacle? {
    let said = output.lowercased()
    guard ["permission denied", "operation not permitted", "eperm"].contains(where: said.contains) else { return nil }
    return TracePermission.refusal
  }
}

/// Why there is no profile.
enum ProfileError: Error, Equatable, CustomStringConvertible {
  case notAllowed(TracePermission.Obstacle)
  case profiler(String)
  /// A server whose processes this machine does not have, or does not know.
  case noProcess(framework: String)
  case loadEnded(scenario: String, framework: String)
  case deployment(DeploymentError)

  var description: String {
    switch self {
    case .notAllowed(let reason): "no flame graphs: \(reason)"
    case .profiler(let detail): "no flame graph: \(detail)"
    case .noProcess(let framework):
      "\(framework) cannot be profiled: its processes are not on this machine, or the deployment does not name their leader"
    case .loadEnded(let scenario, let framework): "the load of \(scenario) on \(framework) ended before its window"
    case .deployment(let error): "\(error)"
    }
  }
}
