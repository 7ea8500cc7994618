import Foundation

/// What ended a run before all was measured: the attachment `ended.json`. A run that came to its end has none, and neither
/// has one whose process was killed.
public struct RunEnd: Codable, Equatable, Sendable {
  public static let currentSchema = 1
  package static let fileName = "ended.json"

  public var schema = RunEnd.currentSchema
  /// ISO 8601, UTC.
  public var at: String
  /// What came first, such as `SIGTERM` or `the end of make (pid 123)`.
  public var by: String

  public init(at: Date, by: String) {
    self.at = at.ISO8601Format()
    self.by = by
  }
}

extension RunEnd: VersionedRecord {
  package init(earlier schema: Int, from decoder: any Decoder) throws { throw UnknownSchema(found: schema) }

  package var implausibility: String? {
    by.isEmpty || by.utf8.count > 1000 ? "a cause of \(by.utf8.count) bytes" : nil
  }
}

extension RunEnd: CustomStringConvertible {
  /// `ended by SIGTERM at 2026-07-28T10:15:02Z, before all was measured`
  public var description: String { "ended by \(by) at \(at), before all was measured" }
}
