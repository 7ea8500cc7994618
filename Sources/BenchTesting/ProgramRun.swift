import BenchSupport
import Foundation
import Stack

/// A run of the program `shootout`, or of another one, to its end.
public struct ProgramRun {
  public var status: Int32
  public var output: String
  public var errors: String

  /// - Parameters:
  ///   - words: the arguments.
  ///   - program: the absolute path of another program.
  ///   - environment: added to that of this process.
  ///   - directory: to run in; nil for the present one.
  ///   - meanwhile: gets the number of the process while it runs.
  public init(
    _ words: [String], program: String? = nil, environment: [String: String] = [:], directory: String? = nil,
    meanwhile: (Int32) -> Void = { _ in }
  ) throws {
    let process = Process()
    let (out, err) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: try program ?? CommandLineProgram.path(Checkout.find()))
    process.arguments = words
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = out
    process.standardError = err
    try process.run()
    meanwhile(process.processIdentifier)
    output = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    errors = String(decoding: err.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}
