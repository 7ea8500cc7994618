/// The shells that can be taught to complete.
enum Shell: String, CaseIterable {
  case bash, zsh

  /// A script for the shell, made from the table of commands.
  ///
  /// - Parameter targets: the names that stand for targets.
  func script(targets: [String]) -> String {
    switch self {
    case .bash: BashCompletion(targets: targets).script
    case .zsh: ZshCompletion(targets: targets).script
    }
  }
}

/// Options of the program itself.
enum GlobalOption: String, CaseIterable {
  case help = "--help"
  case version = "--version"

  var help: String {
    switch self {
    case .help: "what there is"
    case .version: "the version and the revision"
    }
  }
}

private struct BashCompletion {
  var targets: [String]

  var script: String {
    """
    # Completion of shootout in bash. To use it: source <(shootout completion bash)
    _shootout() {
      local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=
      COMPREPLY=()
      if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W '\(first)' -- "$word")
        return
      fi
      case "${COMP_WORDS[1]} $before" in
    \(values.joined(separator: "\n"))
      esac
      case "${COMP_WORDS[1]}" in
    \(commands.joined(separator: "\n"))
      esac
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$word")
    }
    complete -F _shootout shootout
    """
  }

  private var first: String {
    (Command.allCases.map(\.rawValue) + GlobalOption.allCases.map(\.rawValue)).joined(separator: " ")
  }

  /// A line for every option that takes a value.
  private var values: [String] {
    Command.allCases.flatMap { command in
      command.description.options.filter { $0.value != nil }.map { option in
        "    '\(command.rawValue) \(option.name)') \(reply(option.completes)) return ;;"
      }
    }
  }

  /// A line for every command: its options, and what its operands may be.
  private var commands: [String] {
    Command.allCases.map { command in
      let description = command.description
      let options = description.options.map(\.name) + [GlobalOption.help.rawValue]
      let words = options + (words(description.completes) ?? [])
      let paths = words.count == options.count ? reply(description.completes) : ""
      return "    \(command.rawValue)) words='\(words.joined(separator: " "))'; \(paths) ;;"
    }
  }

  private func words(_ completion: Completion) -> [String]? {
    switch completion {
    case .nothing, .files, .folders: nil
    case .words(let words): words
    case .targets: targets
    case .stackNames: ["all", "postgres"] + targets
    }
  }

  private func reply(_ completion: Completion) -> String {
    switch completion {
    case .nothing: ""
    case .files: #"compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word");"#
    case .folders: #"compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$word");"#
    case .words, .targets, .stackNames:
      "mapfile -t COMPREPLY < <(compgen -W '\((words(completion) ?? []).joined(separator: " "))' -- \"$word\");"
    }
  }
}

private struct ZshCompletion {
  var targets: [String]

  var script: String {
    """
    #compdef shootout
    # Completion of shootout in zsh. To use it: source <(shootout completion zsh) after compinit, or save it as _shootout in
    # a folder of $fpath.
    _shootout() {
      local curcontext="$curcontext" state line
      typeset -A opt_args
      local -a commands
      commands=(
    \(Command.allCases.map { "    " + quoted("\($0.rawValue):\($0.description.summary)") }.joined(separator: "\n"))
      )
      _arguments -C \(globals) '1:command:->command' '*::argument:->argument'
      case $state in
        command) _describe -t commands command commands ;;
        argument)
          case $words[1] in
    \(Command.allCases.map(line).joined(separator: "\n"))
          esac ;;
      esac
    }
    if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _shootout "$@"; else compdef _shootout shootout; fi
    """
  }

  private var globals: String {
    GlobalOption.allCases.map { quoted("(- *)\($0.rawValue)[\($0.help)]") }.joined(separator: " ")
  }

  private func line(_ command: Command) -> String {
    let description = command.description
    var specifications = description.options.map { option in
      let name = (option.help.contains("may be repeated") ? "*" : "") + option.name
      let value = option.value.map { ":\(escaped($0)):\(action(option.completes))" } ?? ""
      return "\(name)[\(escaped(option.help))]\(value)"
    }
    specifications.append("\(GlobalOption.help.rawValue)[more of this command]")
    if !description.operands.isEmpty {
      specifications.append("*:\(escaped(description.operands)):\(action(description.completes))")
    }
    return "        \(command.rawValue)) _arguments \(specifications.map(quoted).joined(separator: " ")) ;;"
  }

  private func action(_ completion: Completion) -> String {
    switch completion {
    case .nothing: " "
    case .files: "_files"
    case .folders: "_files -/"
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .targets: "(\(targets.joined(separator: " ")))"
    case .stackNames: "(\((["all", "postgres"] + targets).joined(separator: " ")))"
    }
  }

  /// For the explanations of `_arguments`, where brackets and colons mean something.
  private func escaped(_ text: String) -> String {
    text.replacing("[", with: #"\["#).replacing("]", with: #"\]"#).replacing(":", with: #"\:"#)
  }

  private func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: #"'\''"#) + "'"
  }
}
