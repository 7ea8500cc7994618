import Foundation
import Glibc
import Results

/// The folder that `swift test` was told to keep attachments in.
///
/// What the testing library cannot write there it drops, or leaves half, and the run passes. So each record is looked at
/// after it was attached, and where it is not there in full it is written once more, which says why not.
public struct AttachmentFolder: Sendable {
  private let path: String

  public init(path: String) {
    self.path = path
  }

  /// nil where no attachments are kept.
  static let ofThisProcess = AttachmentFolder(arguments: CommandLine.arguments)

  private static let options = ["--attachments-path", "--experimental-attachments-path"]

  /// nil where the arguments name no folder.
  public init?(arguments: [String]) {
    for (index, argument) in arguments.enumerated() {
      for option in AttachmentFolder.options {
        if argument == option, index + 1 < arguments.count {
          self.init(path: arguments[index + 1])
          return
        }
        if argument.hasPrefix(option + "=") {
          self.init(path: String(argument.dropFirst(option.count + 1)))
          return
        }
      }
    }
    return nil
  }

  /// The run that it belongs to.
  var run: RunDirectory { RunDirectory(path: URL(fileURLWithPath: path).deletingLastPathComponent().path) }

  /// Makes sure that a file holds these bytes.
  public func require(_ name: String, _ bytes: [UInt8]) throws(RecordNotWritten) {
    let file = path + "/" + name
    if let written = try? FileSystem.contents(of: file), written == bytes { return }
    do throws(FileError) { try FileSystem.replace(file, with: bytes) } catch {
      throw RecordNotWritten(path: file, reason: error.reason)
    }
  }
}

/// What was measured cannot be kept, so that nothing more is measured.
public struct RecordNotWritten: Error, Equatable, CustomStringConvertible {
  public var path: String
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String {
    "the raw results could not be written to '\(path)': \(reason); the run ends here, with what was written before"
  }
}
