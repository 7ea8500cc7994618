import Foundation

/// What of pip's settings counts: those that say where packages come from and how to get there.
///
/// pip has a setting for each of its options, in a variable or in one of its files. Those that say what is installed, and
/// where to, are not the user's: a `user = true` or a `target` in a `pip.conf` would lead the target's packages
/// elsewhere. So the files are read once, what counts is given as variables, and the files are left out.
enum PipSettings {
  /// As pip spells them in its files.
  static let names = [
    "index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "cert", "client-cert", "proxy", "timeout",
    "default-timeout", "retries", "cache-dir", "no-cache-dir", "keyring-provider",
  ]

  /// The variables that are handed to pip.
  static let variables: Set<String> = Set(names.map(variable) + ["PIP_CONFIG_FILE"])

  /// A program for the interpreter of a virtual environment: it prints what pip has read from its variables and files.
  static let question = """
    import ast, json, os, subprocess, sys
    pip = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "config", "list"]
    # Variables overrule files, where one of these would leave the list out.
    os.environ.update(PIP_QUIET="0", PIP_VERBOSE="0", PIP_NO_COLOR="1", PIP_USER="0", PIP_GLOBAL="0", PIP_SITE="0")
    lines = subprocess.run(pip, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.splitlines()
    print(json.dumps({key: str(ast.literal_eval(value)) for key, _, value in (line.partition("=") for line in lines)}))
    """

  /// The variables that stand for what was read, and for nothing else.
  ///
  /// - Parameter list: as pip lists them, such as `install.index-url`; a variable's section is `:env:`.
  static func environment(_ list: [String: String]) -> [String: String] {
    var environment = ["PIP_CONFIG_FILE": "/dev/null"]
    // A command's section overrules the common one, and a variable both.
    for section in ["global", "install", ":env:"] {
      for name in names {
        if let value = list["\(section).\(name)"], !value.isEmpty { environment[variable(name)] = value }
      }
    }
    return environment
  }

  private static func variable(_ name: String) -> String {
    "PIP_" + name.uppercased().replacing("-", with: "_")
  }
}
