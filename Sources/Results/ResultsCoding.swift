import Foundation

/// The one way in which records are written and read: JSON whose keys are the names of the properties in snake case.
package enum ResultsCoding {
  /// Sorted keys, so that the same record always gives the same bytes.
  package static func encode(_ record: some Encodable, pretty: Bool = false) throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return try encoder.encode(record)
  }

  /// The same with a checksum, as raw results are kept.
  ///
  /// - Parameter run: which run it belongs to, of letters and digits; nil where nobody asks.
  package static func encodeSealed(_ record: some Encodable, run: String? = nil) throws -> Data {
    Seal.sealed(try encode(record), run: run)
  }

  /// Throws an `UnknownSchema`, an `AlteredRecord`, or what `JSONDecoder` throws.
  package static func decode<Record: VersionedRecord>(_: Record.Type, from bytes: Data) throws -> Record {
    let seal = Seal(of: bytes)
    // What does not end as an object does was cut short, which the decoder says.
    if seal == .broken, bytes.last == UInt8(ascii: "}") { throw AlteredRecord() }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let versioned = try decoder.decode(Versioned<Record>.self, from: bytes)
    if seal != .intact, versioned.schema >= Record.firstSealedSchema { throw AlteredRecord() }
    return versioned.record
  }

  /// What is wrong with a file, for somebody who looks into it.
  package static func reason(_ error: any Error) -> String {
    func inFile(_ key: any CodingKey) -> String {
      key.intValue.map(String.init) ?? key.stringValue.replacing(/[A-Z]/) { "_" + $0.output.lowercased() }
    }
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "" : " in " + path.map(inFile).joined(separator: ".")
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return "'\(inFile(key))' is missing\(place(context.codingPath))"
    case .valueNotFound(_, let context): return "a value is missing\(place(context.codingPath))"
    case .typeMismatch(_, let context): return "a value of another type is expected\(place(context.codingPath))"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "a value is not valid\(place(context.codingPath))"
    case .dataCorrupted, .none: return "not valid JSON, or cut short"
    @unknown default: return "not valid JSON"
    }
  }
}

/// A record whose file says in `schema` which version of the format it has.
package protocol VersionedRecord: Decodable {
  /// The version that is written. Those from 1 on are read.
  static var currentSchema: Int { get }
  /// From this version on a file has a ``Seal``.
  static var firstSealedSchema: Int { get }
  /// Reads what a file of an earlier version holds as a record of today.
  init(earlier schema: Int, from decoder: any Decoder) throws
}

extension VersionedRecord {
  /// A file may have one all the same.
  package static var firstSealedSchema: Int { .max }
}

/// A file does not hold what was written to it.
package struct AlteredRecord: Error {}

package struct UnknownSchema: Error {
  package var found: Int
}

/// Looks at the version before anything else, in the same pass over the file.
private struct Versioned<Record: VersionedRecord>: Decodable {
  var schema: Int
  var record: Record

  private enum Keys: CodingKey { case schema }

  init(from decoder: any Decoder) throws {
    schema = try decoder.container(keyedBy: Keys.self).decode(Int.self, forKey: .schema)
    guard (1...Record.currentSchema).contains(schema) else { throw UnknownSchema(found: schema) }
    record = try schema == Record.currentSchema ? Record(from: decoder) : Record(earlier: schema, from: decoder)
  }
}
