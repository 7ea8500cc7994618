import Foundation
import LoadEngine
import SeededRandom
import WireFormats

extension Scenario {
  public static let upload = Scenario(
    "upload", summary: "A file of 10 MiB in a multipart form, from all connections at once.",
    verification: """
      Every byte was sent, then status 200 and the right size; one form of eight has other fields, another boundary or a \
      shorter file.
      """,
    unit: "uploads", leastInstructions: 2_600_000, exchangesToCount: 1
  ) { material in
    let file = try uploadFile(10 * 1024 * 1024)
    let usual = try UploadForm().exchange(file)
    var random = SplitMix64(seed: material.seed)
    let others = try UploadForm.others(&random).map { try $0.exchange(file) }
    // Each is drawn as often as any other, so that their numbers are the shares.
    return .http([HTTPExchange](repeating: usual, count: 7 * others.count) + others)
  }

  /// A file that is gone from its folder before anything is in it, so that nothing stays behind.
  private static func uploadFile(_ size: Int) throws -> BodyFile {
    var template = Array("\(NSTemporaryDirectory())/shootout-upload-XXXXXX".utf8CString)
    let file = FileHandle(fileDescriptor: mkstemp(&template), closeOnDealloc: true)
    unlink(template)
    var random = SplitMix64(seed: 10)
    let words = (0..<(size / 8)).map { _ in random.next() }
    let data = words.withUnsafeBytes { Data($0) }
    try file.write(contentsOf: data)
    return try BodyFile(path: "/proc/self/fd/\(file.fileDescriptor)")
  }
}

/// What differs between forms, so that only who takes them apart knows the size of the file.
private struct UploadForm {
  var boundary = "----shootout-5f1d7c0a9b3e48d2"
  /// The values of fields beside the file.
  var before: String?
  var after: String?
  /// So much shorter is the file.
  var missing = 0

  /// Most have a field behind the file: no length in the head of the request tells where the file ends.
  static func others(_ random: inout SplitMix64) -> [UploadForm] {
    func word(_ longest: Int) -> String {
      let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
      return String((0..<8 + random.next(below: longest - 7)).map { _ in letters[random.next(below: letters.count)] })
    }
    func boundary() -> String { word(60) }
    func field() -> String { word(20_000) }
    func missing() -> Int { 1 + random.next(below: 65_536) }
    return [
      UploadForm(missing: missing()),
      UploadForm(boundary: boundary()),
      UploadForm(before: field()),
      UploadForm(after: field()),
      UploadForm(before: field(), after: field()),
      UploadForm(boundary: boundary(), after: field()),
      UploadForm(after: field(), missing: missing()),
      UploadForm(boundary: boundary(), before: field(), after: field(), missing: missing()),
    ]
  }

  func exchange(_ whole: BodyFile) throws -> HTTPExchange {
    // Other fields stand for as many bytes of the file: a request as long as the usual one, with another answer.
    let hasFields = before != nil || after != nil
    let added = hasFields ? length(with: whole) - UploadForm().length(with: whole) : 0
    let file = try BodyFile(whole.byteCount - added - missing, of: whole)
    let (body, contentType) = multipart(file)
    let answer = #"{"size":\#(file.byteCount),"status":"ok"}"#
    return HTTPExchange(
      HTTPRequest("POST", "/upload", fields: [contentType], body: body),
      expecting: Expectation(head: .json, body: .exactly(Array(answer.utf8))))
  }

  private func length(with file: BodyFile) -> Int { multipart(file).body.byteCount ?? 0 }

  private func multipart(_ file: BodyFile) -> (body: HTTPBody, contentType: HTTPField) {
    HTTPBody.multipart(
      field: "file", file: file, boundary: boundary, before: before.map { [.init("note", $0)] } ?? [],
      after: after.map { [.init("remark", $0)] } ?? [])
  }
}
