import Foundation
import LoadEngine
import SeededRandom

extension Scenario {
  public static let upload = Scenario(
    "upload", summary: "A file of 10 MiB in a multipart form, from all connections at once.",
    verification: "Every byte was sent, then status 200 and the right size.", unit: "uploads"
  ) { _ in
    let size = 10 * 1024 * 1024
    let (body, contentType) = HTTPBody.multipart(field: "file", file: try uploadFile(size))
    let answer = #"{"size":\#(size),"status":"ok"}"#
    return .http([
      HTTPExchange(
        HTTPRequest("POST", "/upload", fields: [contentType], body: body),
        expecting: Expectation(body: .exactly(Array(answer.utf8))))
    ])
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
