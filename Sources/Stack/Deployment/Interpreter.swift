import Foundation

/// The Python that virtual environments are made with.
package struct Interpreter: Equatable {
  /// The real program, also where a launcher stands on `PATH`.
  package var path: String
  /// Such as `3.11.7`.
  package var version: String
  /// What wheels are chosen by, such as `cpython-311-x86_64-linux-gnu`.
  package var platform: String

  /// Asks the program that `name` finds, and makes sure that it can make virtual environments.
  package static func find(_ name: String, environment: [String: String], _ interrupts: Interrupts)
    throws(DeploymentError)
    -> Interpreter
  {
    guard let program = ProgramSearch(environment: environment).program(name) else {
      throw .missing(program: name, searched: ["PATH"], packages: "python3 python3-venv")
    }
    let question = """
      import json, platform, sys, sysconfig
      try:
          import ensurepip, venv
          complete = True
      except ImportError:
          complete = False
      print(json.dumps([sys.executable, platform.python_version(), sysconfig.get_config_var("SOABI") or "", complete]))
      """
    let answer = try ShortCommand(
      "asking Python for its version",
      ProgramLaunch(
        command: [program, "-I", "-c", question], environment: ChildEnvironment.asking(environment), directory: "/"),
      deadline: .seconds(30)
    ).run(interrupts)
    let values = (try? JSONDecoder().decode([JSONValue].self, from: Data(answer.utf8))) ?? []
    guard values.count == 4, let path = values[0].string, let version = values[1].string,
      let platform = values[2].string
    else {
      throw .failed(what: "asking Python for its version", command: program, status: .exited(0), output: answer)
    }
    guard values[3] == .bool(true) else {
      throw .missing(program: "Python's venv module", searched: [path], packages: "python3-venv")
    }
    return Interpreter(path: path, version: version, platform: platform)
  }
}
