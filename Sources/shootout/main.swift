@preconcurrency import Glibc

setvbuf(stdout, nil, _IOLBF, 0)

do {
  var words = CommandLine.arguments.dropFirst()
  let name = words.popFirst() ?? "help"
  guard let command = Command(name: name) else {
    throw UsageError("unknown command '\(name)'; known: \(Command.names)")
  }
  exit(try command.run(Arguments(words)).rawValue)
} catch let error as UsageError {
  complain("shootout: \(error)")
  exit(ExitCode.badUsage.rawValue)
} catch {
  complain("shootout: \(error)")
  exit(ExitCode.couldNotMeasure.rawValue)
}

func complain(_ line: String) {
  fputs(line + "\n", stderr)
}
