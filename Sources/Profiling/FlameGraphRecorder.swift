import Foundation
import LoadEngine
import Machine
import Reports
import Stack

/// Records flame graphs of a running server with py-spy: the leader and all its workers.
struct FlameGraphRecorder {
  /// The program, from the pinned requirements.
  var program: String
  var samplesPerSecond: Int
  var interrupts: Interrupts

  /// Beside the recording: reading the symbols of the binaries, and drawing.
  private static let patience = Duration.seconds(60)

  /// What was recorded.
  struct Recording: Equatable {
    /// Why compiled code has no frames; nil where it has.
    var nativeFailure: String?
    var samples: Int?
  }

  /// Records while the server is under load, and writes an SVG. Where native frames cannot be had, without them.
  ///
  /// - Parameter title: what the picture is called; the frames that it has are added.
  func record(
    _ leader: ProcessIdentity, seconds: Int, title: String, into path: String
  ) throws(ProfileError) -> Recording {
    var failures: [String] = []
    for isNative in [true, false] {
      let words = Self.arguments(
        pid: leader.pid, seconds: seconds, samplesPerSecond: samplesPerSecond, isNative: isNative, path: path)
      let launch = ProgramLaunch(
        command: [program] + words, environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"],
        directory: (path as NSString).deletingLastPathComponent)
      do throws(DeploymentError) {
        let output = try ShortCommand("py-spy", launch, deadline: .seconds(seconds) + Self.patience).run(interrupts)
        try entitle(path, "\(title), \(isNative ? "with" : "without") native frames")
        return Recording(nativeFailure: failures.last.map(Self.lastLine), samples: Self.samples(in: output))
      } catch {
        if case .interrupted = error { throw .deployment(error) }
        failures.append("\(error)")
        if let reason = Self.refusal(in: "\(error)") { throw .notAllowed(reason) }
      }
    }
    throw .profiler(failures.last ?? "")
  }

  /// Where a program says what went wrong.
  static func lastLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "it said nothing"
  }

  private func entitle(_ path: String, _ title: String) throws(DeploymentError) {
    guard let bytes = FileManager.default.contents(atPath: path),
      let svg = Self.entitled(String(decoding: bytes, as: UTF8.self), title),
      (try? Data(svg.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)) != nil
    else { throw .unusableState(path: path, reason: "holds no flame graph") }
  }

  /// A flame graph under another title than the command line that made it; nil where the text is no flame graph.
  static func entitled(_ svg: String, _ title: String) -> String? {
    guard svg.contains("<svg") else { return nil }
    let words = Markup.escaped(title)
    return svg.replacing(/(<text id="title"[^>]*>)[^<]*(<\/text>)/) { "\($0.1)\(words)\($0.2)" }
  }

  static func arguments(pid: Int32, seconds: Int, samplesPerSecond: Int, isNative: Bool, path: String)
    -> [String]
  {
    [
      "record", "--pid", "\(pid)", "--subprocesses", "--function", "--rate", "\(samplesPerSecond)", "--duration",
      "\(seconds)", "--format", "flamegraph", "--output", path,
    ] + (isNative ? ["--native"] : [])
  }

  /// Where what the profiler said means that it may not trace.
  static func refusal(in output: String) -> TracePermission.Obstacle? {
    let said = output.lowercased()
    guard ["permission denied", "operation not permitted", "eperm"].contains(where: said.contains) else { return nil }
    return TracePermission.refusal
  }

  /// From `Samples: 500 Errors: 0`; nil where the profiler does not say so.
  static func samples(in output: String) -> Int? {
    output.firstMatch(of: /Samples: (\d+)/).flatMap { Int($0.1) }
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
