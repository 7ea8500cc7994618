import Foundation

/// A checksum of a record's bytes, as the first member of its JSON object: `{"checksum":"<16 hexadecimal digits>",…`.
///
/// It covers every byte that follows it, so that a file that was changed since it was written, by hand or by a failing
/// disk, is found. It is a ``Fingerprint``: each of its steps is a bijection, so that a change within one byte always
/// shows, and any other is missed once in 2^64. It is no protection against malice.
///
/// Next may come the run that the record belongs to, as `"run":"<id>",`: a file of another run is found by it.
package enum Seal: Equatable {
  /// As in files of earlier versions.
  case absent
  case intact
  case broken

  private static let start = Array(#"{"checksum":""#.utf8)
  private static let digits = 16
  private static let end = Array(#"","#.utf8)
  private static let runStart = Array(#""run":""#.utf8)

  /// - Parameter object: a JSON object that begins with its first member, as ``ResultsCoding`` encodes a record.
  package static func sealed(_ object: Data, run: String? = nil) -> Data {
    var rest = Data()
    if let run {
      rest.append(contentsOf: runStart)
      rest.append(contentsOf: run.utf8)
      rest.append(contentsOf: end)
    }
    rest.append(object.dropFirst())
    var sealed = Data(start)
    sealed.append(contentsOf: Array(checksum(of: rest).utf8))
    sealed.append(contentsOf: end)
    sealed.append(rest)
    return sealed
  }

  package init(of file: Data) {
    let place = Seal.start.count
    guard file.starts(with: Seal.start), file.count > place + Seal.digits + Seal.end.count else {
      self = .absent
      return
    }
    let (written, rest) = (file.dropFirst(place).prefix(Seal.digits), file.dropFirst(place + Seal.digits))
    let isIntact =
      rest.starts(with: Seal.end)
      && written.elementsEqual(Seal.checksum(of: rest.dropFirst(Seal.end.count)).utf8)
    self = isIntact ? .intact : .broken
  }

  /// A name for a run that no other has.
  package static func newRun() -> String { String(UInt64.random(in: 0 ... .max), radix: 36) }

  /// The run that a file says it belongs to; nil where it says none.
  package static func run(of file: Data) -> String? {
    let head = file.dropFirst(start.count + digits + end.count)
    guard file.starts(with: start), head.starts(with: runStart) else { return nil }
    let run = head.dropFirst(runStart.count).prefix { $0 != UInt8(ascii: "\"") }
    return String(decoding: run, as: UTF8.self)
  }

  private static func checksum(of bytes: Data) -> String {
    var fingerprint = Fingerprint()
    bytes.withUnsafeBytes { fingerprint.add($0) }
    return fingerprint.text
  }
}
