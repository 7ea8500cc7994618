import BenchSupport
import Foundation
import Stack

extension StackLease {
  /// What a command measures: this program brings up what is missing, and says so.
  static func take(_ configuration: StackConfiguration, _ interrupts: Interrupts) throws -> StackLease {
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return try take(configuration, executable: executable, interrupts: interrupts, progress: { print($0) })
  }
}

extension Setting {
  /// Whether the user set it.
  var isSet: Bool { ProcessInfo.processInfo.environment[rawValue].map { !$0.allSatisfy(\.isWhitespace) } ?? false }
}
