import Foundation

/// The Python that virtual environments are made with.
struct Interpreter: Equatable {
  /// The real program, also where a launcher stands on `PATH`.
  var path: String
  /// Such as `3.11.7`.
  var version: String
  /// What wheels are chosen by, such as `cpython-311-x86_64-linux-gnu`.
  var platform: String

  /// Asks the program that `name` finds, and makes sure that it can make virtual environments.
  static func find(
    _ name: String, environment: [String: String], _ interrupts: Interrupts
  ) throws(DeploymentError) -> Interpreter {
    guard let program = ProgramSearch(environment: environment).program(name) else {
      throw .missing(program: name, searched: ["PATH"], packages: "python3 python3-venv")
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
    let answer = try ShortCommand(
      "asking Python for its version",
      ProgramLaunch(
        command: [program, "-I", "-c", question], environment: ChildEnvironment.asking(environment), directory: "/"),
      deadline: .seconds(30)
    ).run(interrupts)
    guard let values = try? JSONDecoder().decode([String].self, from: Data(answer.utf8)), values.count == 4 else {
      throw .failed(what: "asking Python for its version", command: program, status: .exited(0), output: answer)
    }
    guard values[3].isEmpty else {
      throw .missing(program: "Python's venv module", searched: [values[0]], packages: "python3-venv")
    }
    return Interpreter(path: values[0], version: values[1], platform: values[2])
  }
}
