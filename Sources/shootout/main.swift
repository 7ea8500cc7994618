import BenchSupport
import Foundation
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
} catch {
  complain("shootout: \((error as? CocoaError).map(sentence) ?? "\(error)")")
  exit(ExitCode.couldNotMeasure.rawValue)
}

/// An error of Foundation about a file, in one line instead of the dump that it describes itself with.
private func sentence(_ error: CocoaError) -> String {
  let path = error.userInfo[NSFilePathErrorKey] as? String ?? error.url?.path
  let cause = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
  return [path, cause ?? error.localizedDescription].compactMap(\.self).joined(separator: ": ")
}
