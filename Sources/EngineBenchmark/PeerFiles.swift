import Foundation
import Stack

/// The payloads of the engine benchmark, made in a directory of its own: what nginx serves, what is sent, and what a
/// right answer is.
struct PeerFiles: Equatable, Sendable {
  var directory: String

  enum Name: String, CaseIterable, Sendable {
    case small
    /// 1 MiB.
    case large
    /// The same, at the name that nginx cuts into chunks.
    case chunked
    case empty
    case question
    case answer
    /// 10 MiB, sent as a file by the engine.
    case upload
    /// The same as a whole multipart body: hey cannot make one.
    case multipart
    case uploadAnswer = "upload-answer"
  }

  func path(_ name: Name) -> String { directory + "/" + name.rawValue }

  static let smallText = "hello, world\n"
  static let answerText = #"{"status":"ok"}"#
  static let chunks = 100
  static let largeSize = 1 << 20
  static let uploadSize = 10 << 20
  static let boundary = "shootout-7f3c19d2a4e84b06"

  func make() throws(DeploymentError) {
    // No two kilobytes alike, so that a byte in the wrong place is a wrong byte.
    let pattern = (0..<Self.uploadSize / 16).flatMap { Array(String(format: "%015d\n", $0).utf8) }
    let head =
      "--\(Self.boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"upload\"\r\n"
      + "Content-Type: application/octet-stream\r\n\r\n"
    for name in Name.allCases {
      let bytes: [UInt8] =
        switch name {
        case .small: Array(Self.smallText.utf8)
        case .large, .chunked: Array(pattern.prefix(Self.largeSize))
        case .empty: []
        case .question: Array(#"{"name":"Ada Lovelace","email":"ada@example.org","bio":"Analytical Engine"}"#.utf8)
        case .answer: Array(Self.answerText.utf8)
        case .upload: pattern
        case .multipart: Array(head.utf8) + pattern + Array("\r\n--\(Self.boundary)--\r\n".utf8)
        case .uploadAnswer: Array(#"{"size":10485760,"status":"ok"}"#.utf8)
        }
      try Self.write(bytes, to: path(name))
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws(DeploymentError) {
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
      throw .unusableState(path: path, reason: "cannot be written")
    }
  }
}
