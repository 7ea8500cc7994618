import BenchSupport
import Foundation
import Stack

/// `shootout annotate LOG`: the failures in a log of `swift test` as annotations for GitHub.
struct AnnotateCommand {
  private let log: String
  private let checkout: Checkout

  init(_ words: Arguments) throws {
    var arguments = words
    let operands = try arguments.operands(known: Command.annotate.knownOptions)
    guard operands.count == 1, let path = operands.first else {
      throw UsageError("shootout annotate takes one file, and was given \(operands.count); such as test.log")
    }
    log = String(decoding: try InputFile(path: path).contents(), as: UTF8.self)
    checkout = try Checkout.find()
  }

  func run() -> ExitCode {
    let files = ["Tests", "Sources"].flatMap { folder in
      (FileManager.default.enumerator(atPath: checkout.path + "/" + folder)?.allObjects as? [String] ?? [])
        .filter { $0.hasSuffix(".swift") }.sorted().map { folder + "/" + $0 }
    }
    for line in TestAnnotations(log, checkout: checkout.path, files: files).lines { print(line) }
    return .success
  }
}
