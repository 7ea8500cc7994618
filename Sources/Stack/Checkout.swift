import Foundation

/// The checkout that the suite belongs to: where targets, fixtures and virtual environments are.
public struct Checkout: Equatable, Sendable {
  /// The absolute path of the directory that holds `Package.swift`.
  public var path: String

  public init(path: String) {
    self.path = path
  }

  /// The checkout around `start`, searched upward; without `start`, around the working directory, and
  /// then around this source file.
  public static func find(from start: String? = nil) throws(CheckoutError) -> Checkout {
    let starts = start.map { [$0] } ?? [FileManager.default.currentDirectoryPath, #filePath]
    for start in starts {
      var directory = URL(fileURLWithPath: start).standardizedFileURL
      while true {
        let checkout = Checkout(path: directory.path)
        if checkout.isComplete { return checkout }
        guard directory.path != "/" else { break }
        directory.deleteLastPathComponent()
      }
    }
    throw CheckoutError(searched: starts)
  }

  public var frameworks: String { path + "/docker/frameworks" }
  public var fixtures: String { path + "/fixtures" }
  public var baselines: String { fixtures + "/baselines" }
  public var results: String { path + "/results" }
  /// What counts in a server, and the image that it is in.
  public var counting: String { path + "/docker/counting" }
  /// Whether there is nothing to build here: the suite's image has what was built elsewhere.
  public var isImage: Bool { !FileManager.default.fileExists(atPath: path + "/Sources") }
  var virtualEnvironments: String { path + "/.build/venvs" }

  private var isComplete: Bool {
    FileManager.default.fileExists(atPath: path + "/Package.swift")
      && FileManager.default.fileExists(atPath: frameworks)
  }
}

/// There is no checkout where one was looked for.
public struct CheckoutError: Error, Equatable, Sendable, CustomStringConvertible {
  public var searched: [String]

  package init(searched: [String]) {
    self.searched = searched
  }

  public var description: String {
    "no checkout with Package.swift and docker/frameworks at or above \(searched.joined(separator: " or "))"
  }
}
