/// A record of a run that looks at how servers behave: a file of its own among the attachments.
package protocol BehaviourRecord: VersionedRecord, Encodable {
  /// Which no other record of a run has.
  var fileName: String { get }
}

extension BehaviourRecord {
  package static var firstSealedSchema: Int { 1 }

  /// There was no earlier version.
  package init(earlier schema: Int, from decoder: any Decoder) throws { throw UnknownSchema(found: schema) }
}
