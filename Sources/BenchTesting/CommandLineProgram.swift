import BenchSupport
import Foundation
import Stack

/// The command-line program that the same build made, beside the test program.
public enum CommandLineProgram {
  public static func path(_ checkout: Checkout) -> String {
    let here =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let beside = URL(fileURLWithPath: here).deletingLastPathComponent().appendingPathComponent("shootout").path
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : checkout.path + "/.build/debug/shootout"
  }
}
