import Foundation

/// The Python that virtual environments are made with.
package struct Interpreter: Equatable {
  /// The real program, also where a launcher stands on `PATH`.
  var path: String
  /// Such as `3.11.7`.
  var version: String
  /// What wheels are chosen by, such as `cpython-311-x86_64-linux-gnu`.
  var platform: String

  /// What the pinned requirements have wheels for.
  static let oldest = (major: 3, minor: 11)

  /// - Parameter version: such as `3.11.7`.
  package static func isSupported(_ version: String) -> Bool {
    let numbers = version.split(separator: ".").compactMap { Int($0) }
    return numbers.count >= 2 && (numbers[0], numbers[1]) >= oldest
  }

  /// Asks the program that is named, and makes sure that it is new enough and can make virtual environments.
  static func find(
    _ choice: InterpreterChoice, environment: [String: String], _ interrupts: Interrupts
  ) throws(DeploymentError) -> Interpreter {
    guard let program = ProgramSearch(environment: environment).program(choice.program) else {
      throw .missing(program: choice.program, searched: ["PATH"], packages: "python3 python3-venv")
    }
    let question = """
      import json, platform, sys, sysconfig
      try:
          import ensurepip, venv
          lacks = ""
      except ImportError:
          lacks = "venv"
      soabi = sysconfig.get_config_var("SOABI") or ""
      print(json.dumps([sys.executable, platform.python_version(), soabi, lacks]))
      """
    let command = ShortCommand(
      "asking Python for its version",
      ProgramLaunch(
        command: [program, "-I", "-c", question], environment: ChildEnvironment.asking(environment), directory: "/"),
      deadline: .seconds(30))
    let answer: String
    do throws(DeploymentError) { answer = try command.run(interrupts) } catch {
      guard case .failed(_, _, let status, let output) = error else { throw error }
      let said = output.split(separator: "\n").last.map { ": \($0)" } ?? ""
      throw .unusablePython(choice, reason: "does not run as Python does (\(status))\(said)")
    }
    guard let values = try? JSONDecoder().decode([String].self, from: Data(answer.utf8)), values.count == 4 else {
      throw .unusablePython(choice, reason: "does not answer as Python does")
    }
    guard isSupported(values[1]) else {
      throw .unusablePython(choice, reason: "is Python \(values[1])")
    }
    guard values[3].isEmpty else {
      throw .missing(program: "Python's venv module", searched: [values[0]], packages: "python3-venv")
    }
    return Interpreter(path: values[0], version: values[1], platform: values[2])
  }
}

/// An interpreter as the user named it.
public struct InterpreterChoice: Hashable, Sendable {
  /// A name on `PATH`, or a path.
  public var program: String
  /// The setting by which another one is named.
  public var setting: String

  package init(_ program: String, setting: String) {
    self.program = program
    self.setting = setting
  }
}
