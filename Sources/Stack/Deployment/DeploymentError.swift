import Foundation
import Glibc
import LoadEngine
import Results
import Text

/// Why a stack cannot be had, with what to do about it.
public enum DeploymentError: Error, Equatable, Sendable, CustomStringConvertible {
  case system(call: String, errno: Int32)
  case interrupted(by: String)
  case missing(program: String, searched: [String], packages: String)
  /// A Python that is too old, or is none.
  case unusablePython(InterpreterChoice, reason: String)
  /// A folder whose source cannot be copied.
  case source(path: String, reason: String)
  case notBuilt(DeploymentKind)
  case unusableState(path: String, reason: String)
  /// A stack is up that was deployed another way.
  case otherKind(up: DeploymentKind, wanted: DeploymentKind)
  case container(ContainerProblem)
  case locked(path: String, holder: String, what: String)
  case owned(by: String)
  /// Somebody measures on the stack.
  case inUse(by: String)
  /// Root starts servers as another account, which is missing.
  case noAccount
  /// That account cannot get at something, and no mount namespace helps.
  case closed(folder: String, to: String)
  /// Something at a path of ours that the suite did not make.
  case foreign(path: String, reason: String)
  case portInUse(port: Int, wantedBy: String, holders: [String])
  case failed(what: String, command: String, status: ExitStatus, output: String)
  case timedOut(what: String, after: Duration, output: String)
  case died(name: String, status: ExitStatus?, log: String, tail: [String])
  /// A server whose workers end at their start, and are started again.
  case workersEnd(name: String, log: String, tail: [String])
  case notReady(name: String, after: Duration, state: String, log: String, tail: [String])
  case doesNotStop(name: String, pids: [Int32])
  /// The child that deploys gave up, and said why.
  case noStack(status: ExitStatus, complaint: String)
  case database(String)
  /// A server whose processes this machine does not have, or does not know.
  case noProcess(name: String)
  /// A database that is to be stopped for a while where that is not built.
  case databaseStays(DeploymentKind)
  /// External servers that do not answer, a line each.
  case unreachable([String])

  public var description: String {
    switch self {
    case .system(let call, let errno):
      "\(call): \(String(cString: strerror(errno)))"
    case .interrupted(let cause):
      "called off by \(cause)"
    case .missing(let program, let searched, let packages):
      """
      \(program) is missing (looked in \(searched.joined(separator: ", ")))
        on Debian or Ubuntu: sudo apt-get install -y --no-install-recommends \(packages)
      """
    case .unusablePython(let choice, let reason):
      """
      '\(choice.program)' \(reason); \(choice.setting) has to name Python \(Interpreter.oldest.major).\
      \(Interpreter.oldest.minor) or newer, such as python3.13
      """.escapingControls
    case .source(let path, let reason):
      "\(path) \(reason)".escapingControls
    case .notBuilt(let kind):
      "deployment '\(kind.rawValue)' is not started by the suite; known: process, docker"
    case .unusableState(let path, let reason):
      "\(path): \(reason)\n  SHOOTOUT_STATE names another directory for what runs (short, and not under a private home)"
    case .otherKind(let up, let wanted):
      "a stack of DEPLOYMENT=\(up.rawValue) is up, in the place of DEPLOYMENT=\(wanted.rawValue); take it down first: make down"
    case .container(let problem):
      problem.description
    case .locked(let path, let holder, let what):
      "\(what) by \(holder); wait until it has ended (lock: \(path))"
    case .owned(let owner):
      "the stack belongs to \(owner), which takes it down by itself; wait until it has ended"
    case .inUse(let user):
      "the stack is in use: \(user); wait until that has ended, as two measurements on one machine disturb each other"
        .escapingControls
    case .noAccount:
      """
      the account \(Account.ofServers) is missing, as which root runs the servers and the database
        run: \(Account.making)
      """
    case .closed(let folder, let account):
      """
      \(folder) is closed to the account \(account), as which root runs the servers and the database; right would be a place \
      that everybody may read, or to run the suite as an ordinary user
      """.escapingControls
    case .foreign(let path, let reason):
      "\(path) \(reason), so it is left alone; right would be a path where nothing is"
        .escapingControls
    case .portInUse(let port, let name, let holders):
      """
      port \(port), which \(name) needs, is in use by \(holders.joined(separator: "; ").escapingControls)
        end that process, or give \(name) another "port" in its framework.json
      """
    case .failed(let what, let command, let status, let output):
      UnknownVersion(output).map { "\(what): \($0)" } ?? "\(what): \(command): \(status)\(indented(output))"
    case .timedOut(let what, let duration, let output):
      "\(what): not done after \(duration.inWords)\(indented(output))"
    case .died(let name, let status, let log, let tail):
      "\(name) ended at its start\(status.map { " (\($0))" } ?? "")\(Self.end(of: log, tail))"
    case .workersEnd(let name, let log, let tail):
      "the workers of \(name) end at their start\(Self.end(of: log, tail))"
    case .notReady(let name, let duration, let state, let log, let tail):
      "\(name) is not ready after \(duration.inWords): \(state); the end of \(log):\(Self.indented(tail))"
    case .doesNotStop(let name, let pids):
      "\(name) does not end, not even by SIGKILL: pids \(pids.map(String.init).joined(separator: ", "))"
    case .noStack(let status, let complaint):
      complaint.isEmpty
        ? "shootout deploy: \(status)"
        : String(complaint.trimmingPrefix("shootout: ").reversed().drop(while: \.isNewline).reversed())
          .escapingControlsWithinLines
    case .database(let detail):
      "database: \(detail)".escapingControlsWithinLines
    case .noProcess(let name):
      "\(name) is no process of this machine, or the deployment does not name its leader"
    case .databaseStays(let kind):
      "the database of DEPLOYMENT=\(kind.rawValue) is not stopped and started again; right would be DEPLOYMENT=process"
    case .unreachable(let lines):
      lines.joined(separator: "\n")
    }
  }

  /// Runs what asks the database, and throws what that says.
  static func database<Answer: ~Copyable>(
    _ ask: () throws(DatabaseError) -> Answer
  ) throws(DeploymentError) -> Answer {
    do throws(DatabaseError) { return try ask() } catch { throw .database("\(error)") }
  }

  private func indented(_ text: String) -> String {
    Self.indented(text.split(separator: "\n").map(String.init))
  }

  /// What a program said last, on the line of the message, and the end of its log below it.
  private static func end(of log: String, _ tail: [String]) -> String {
    (lastWord(tail).map { ": " + $0.escapingControls } ?? "") + "; the end of \(log):" + indented(tail)
  }

  /// Of several workers that write at the same time, the last exception that one of them named; else the last line.
  static func lastWord(_ tail: [String]) -> String? {
    let lines = tail.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    return lines.last { $0.prefixMatch(of: /([A-Za-z_]\w*\.)*\w*(Error|Exception|Fault)\b(:|$)/) != nil } ?? lines.last
  }

  /// The end of a log below a message.
  static func indented(_ lines: [String]) -> String {
    lines.isEmpty ? "\n  (nothing)" : lines.map { "\n  " + $0.escapingControls }.joined()
  }
}

/// How a process ended.
public enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
  case exited(Int32)
  case killed(signal: Int32)

  /// From the status word of waitpid(2).
  package init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .killed(signal: signal)
  }

  public var description: String {
    switch self {
    case .exited(let code): "exit code \(code)"
    case .killed(let signal): "killed by signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}
