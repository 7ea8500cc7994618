import Results
import Stack

/// The version of the suite itself.
public enum SuiteVersion {
  public static let number = "0.1.0-dev"

  /// `0.1.0-dev (134a051c1234, Swift 6.3)`; without the revision where there is no repository.
  public static func text(checkout: Checkout?) -> String {
    let revision = checkout.flatMap { Manifest.Environment.revision(of: $0.path) }
    return "\(number) (\([revision, "Swift \(Manifest.Environment.swift)"].compactMap { $0 }.joined(separator: ", ")))"
  }
}
