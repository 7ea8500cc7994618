import Foundation

extension ScenarioMaterial {
  /// The bytes of a file below `fixtures`.
  package func bytes(_ path: String) throws(FixtureError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: fixtures + "/" + path) else {
      throw FixtureError(path: "fixtures/" + path)
    }
    return Array(data)
  }
}

public struct FixtureError: Error, Equatable, CustomStringConvertible {
  public var path: String

  public var description: String { "the fixture \(path) cannot be read; restore it with: git checkout \(path)" }
}
