import BenchSupport
import Foundation
import Results
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
  exit(StandardOutput.end(with: try Commands.named(name).run(words)))
} catch let error as UsageError {
  complain("shootout: \(error)".escapingControls)
  exit(ExitCode.badUsage.rawValue)
} catch let error as ConfigurationError {
  complain("shootout: \(error)")
  exit(ExitCode.badUsage.rawValue)
} catch DeploymentError.interrupted(let cause) {
  complain("shootout: ended by \(cause)")
  exit(ExitCode.interrupted.rawValue)
} catch {
  complain("shootout: \((error as? CocoaError).map(FileError.line) ?? "\(error)")")
  exit(ExitCode.couldNotMeasure.rawValue)
}
