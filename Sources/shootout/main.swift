import BenchSupport
import Glibc
import LoadEngine
import Stack
import Text

StandardOutput.prepare()

do {
  var words = CommandLine.arguments.dropFirst()
  let name = words.popFirst() ?? "help"
  if name == GlobalOption.version.rawValue {
    print("shootout \(SuiteVersion.text(checkout: try? Checkout.find()))")
    exit(StandardOutput.end(with: .success))
  }
  guard let command = Command(name: name) else {
    throw Command.unknown(name)
  }
  exit(StandardOutput.end(with: try command.run(Arguments(words))))
} catch let error as UsageError {
  complain("shootout: \(error)".escapingControls)
  exit(ExitCode.badUsage.rawValue)
} catch let error as ConfigurationError {
  complain("shootout: \(error)")
  exit(ExitCode.badUsage.rawValue)
} catch {
  complain("shootout: \(FileProblem(error)?.description ?? "\(error)")")
  exit(ExitCode.couldNotMeasure.rawValue)
}
