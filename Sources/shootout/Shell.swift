/// The shells that can be taught to complete.
enum Shell: String, CaseIterable {
  case bash, zsh

  /// A script for the shell, made from what the commands declare.
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

  var explanation: String {
    switch self {
    case .help: "what there is"
    case .version: "the version and the revision"
    }
  }
}

extension Completion {
  /// What is offered, joined by blanks; nil where it is not known before.
  fileprivate func words(_ targets: [String]) -> String? {
    switch self {
    case .nothing, .files, .folders: nil
    case .words(let words): words.joined(separator: " ")
    case .targets: targets.joined(separator: " ")
    case .stackNames: (["all", "postgres"] + targets).joined(separator: " ")
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
    \(Commands.all.flatMap(values).joined(separator: "\n"))
      esac
      case "${COMP_WORDS[1]}" in
    \(Commands.all.map(line).joined(separator: "\n"))
      esac
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$word")
    }
    complete -F _shootout shootout
    """
  }

  private var first: String {
    (Commands.names + GlobalOption.allCases.map(\.rawValue)).joined(separator: " ")
  }

  /// A line for every option that takes a value.
  private func values(of command: any Command.Type) -> [String] {
    command.options.filter { $0.placeholder != nil }.map { option in
      "    '\(command.about.name) \(option.name)') \(reply(option.completes)) return ;;"
    }
  }

  /// Its options, and what its operands may be.
  private func line(_ command: any Command.Type) -> String {
    let operands = command.operands?.completes ?? .nothing
    let known = operands.words(targets)
    let words = command.options.map(\.name) + [GlobalOption.help.rawValue] + [known].compactMap(\.self)
    let paths = known == nil ? reply(operands) : ""
    return "    \(command.about.name)) words='\(words.joined(separator: " "))'; \(paths) ;;"
  }

  private func reply(_ completion: Completion) -> String {
    switch completion {
    case .nothing: ""
    case .files: #"compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word");"#
    case .folders: #"compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$word");"#
    case .words, .targets, .stackNames:
      "mapfile -t COMPREPLY < <(compgen -W '\(completion.words(targets) ?? "")' -- \"$word\");"
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
    \(Commands.all.map { "    " + quoted("\($0.about.name):\($0.about.summary)") }.joined(separator: "\n"))
      )
      _arguments -C \(globals) '1:command:->command' '*::argument:->argument'
      case $state in
        command) _describe -t commands command commands ;;
        argument)
          case $words[1] in
    \(Commands.all.map(line).joined(separator: "\n"))
          esac ;;
      esac
    }
    if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _shootout "$@"; else compdef _shootout shootout; fi
    """
  }

  private var globals: String {
    GlobalOption.allCases.map { quoted("(- *)\($0.rawValue)[\($0.explanation)]") }.joined(separator: " ")
  }

  private func line(_ command: any Command.Type) -> String {
    let options = command.options.map { option in
      let value = option.placeholder.map { ":\(escaped($0)):\(action(option.completes))" } ?? ""
      return "\(option.isRepeated ? "*" : "")\(option.name)[\(escaped(option.explanation))]\(value)"
    }
    let operands = command.operands.map { "*:\(escaped($0.usage)):\(action($0.completes))" }
    let specifications =
      options + ["\(GlobalOption.help.rawValue)[more of this command]"] + [operands].compactMap(\.self)
    return "        \(command.about.name)) _arguments \(specifications.map(quoted).joined(separator: " ")) ;;"
  }

  private func action(_ completion: Completion) -> String {
    switch completion {
    case .nothing: " "
    case .files: "_files"
    case .folders: "_files -/"
    case .words, .targets, .stackNames: "(\(completion.words(targets) ?? ""))"
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
