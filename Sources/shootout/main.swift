import BenchSupport
@preconcurrency import Glibc

setvbuf(stdout, nil, _IOLBF, 0)

do {
  var words = CommandLine.arguments.dropFirst()
  let name = words.popFirst() ?? "help"
  if name == GlobalOption.version.rawValue {
    print("shootout \(SuiteVersion.text(checkout: try? Checkout.find()))")
    exit(ExitCode.success.rawValue)
  }
  guard let command = Command(name: name) else {
    throw Command.unknown(name)
  }
  exit(try command.run(Arguments(words)).rawValue)
} catch let error as UsageError {
  complain("shootout: \(error)")
  exit(ExitCode.badUsage.rawValue)
} catch let error as ConfigurationError where error.isUsage {
  complain("shootout: \(error)")
  exit(ExitCode.badUsage.rawValue)
} catch {
  complain("shootout: \(error)")
  exit(ExitCode.couldNotMeasure.rawValue)
}

func complain(_ line: String) {
  fputs(line + "\n", stderr)
}
