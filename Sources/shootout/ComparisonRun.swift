import BenchSupport
import Foundation
import Machine
import Results
import Stack

/// One run of the perf tests with two sides as its targets, for the self-test of the gate.
struct ComparisonRun {
  var configuration: Configuration
  var interrupts: Interrupts
  /// Of the tests to run.
  var filter: String
  /// The settings that are not the user's.
  var settings: [String: String]

  /// Where the user's settings name what is measured.
  static func setting(_ variable: String) -> String? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// - Returns: nil where it was interrupted.
  func measure() throws -> (directory: RunDirectory, results: RawResults)? {
    let directory = try ResultsDirectory(path: configuration.results + "/gate-selftest").newRun(now: Date())
    let own = ProcessInfo.processInfo.environment
    let environment = own.merging([
      EndWatch.owners: EndWatch.ownersWithThis(own), "SHOOTOUT_FRAMEWORKS": "", "SHOOTOUT_STRICT": "0",
      "SHOOTOUT_GATE": "on",
    ]) { $1 }.merging(settings) { $1 }
    let command = [
      "/usr/bin/env", "swift", "test", "--skip-build", "--filter", filter, "--attachments-path", directory.attachments,
    ]
    let launch = ProgramLaunch(command: command, environment: environment, directory: configuration.checkout.path)
    guard try run(launch, log: log(directory)) else { return nil }
    return (directory, try directory.collect())
  }

  func log(_ directory: RunDirectory) -> String { directory.path + "/log.txt" }

  /// False where it was interrupted.
  private func run(_ launch: ProgramLaunch, log: String) throws -> Bool {
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    let child = try ChildProcess.start(launch, output: output.fileDescriptor)
    do throws(DeploymentError) {
      // Seldom, because it measures.
      while child.reap() == nil { try interrupts.sleep(.milliseconds(500)) }
      return true
    } catch {
      // The process in which the tests run is in a group of its own, and takes the stack along.
      for process in ProcessStat.readAll() where process.pid == child.pid || process.parent == child.pid {
        kill(process.pid, SIGTERM)
      }
      while child.reap() == nil { try Interrupts.none.sleep(.milliseconds(100)) }
      guard case .interrupted = error else { throw error }
      return false
    }
  }
}

struct GateSelfTestError: Error, CustomStringConvertible {
  var log: String
  var problems: [String]

  var description: String {
    "a run is not whole and sound, so its verdicts say nothing of the gate; see \(log)"
      + problems.prefix(5).map { "\n  \($0)" }.joined()
  }
}
