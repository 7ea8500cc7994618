import Foundation
import Results
import Stack

/// Two versions of one framework's package, of something it runs on, or of the application on it, to be measured as two
/// targets of one run.
public struct VersionComparison: Equatable, Sendable {
  public var framework: String
  public var base: ComparedSource
  public var head: ComparedSource
  /// The interpreters of the two, as they were named; nil for the one of the suite.
  public var basePython: String?
  public var headPython: String?
  /// The share that throughput and CPU time per request may get worse by, instead of what the perf tests tolerate.
  public var tolerance: Double?
  /// For the self-test of the gate only: by what share the handlers of head are made slower; nil for not at all.
  public var slowdown: Double?

  public static let frameworkVariable = "SHOOTOUT_COMPARE_FRAMEWORK"
  package static let baseVariable = "SHOOTOUT_COMPARE_BASE"
  package static let headVariable = "SHOOTOUT_COMPARE_HEAD"
  package static let basePythonVariable = "SHOOTOUT_COMPARE_BASE_PYTHON"
  package static let headPythonVariable = "SHOOTOUT_COMPARE_HEAD_PYTHON"
  package static let toleranceVariable = "SHOOTOUT_COMPARE_TOLERANCE"
  package static let slowdownVariable = "SHOOTOUT_COMPARE_SLOWDOWN"

  /// Such as `fastapi 0.115.0 to 0.116.0`.
  public var summary: String {
    let pythons = [basePython, headPython].map { $0 ?? StackConfiguration.usualPython }
    return "\(framework) \(base) to \(head)"
      + (basePython == nil && headPython == nil ? "" : ", \(pythons[0]) to \(pythons[1])")
  }

  /// The two targets, `base` and `head`. Base takes the yardstick's place.
  package func targets(of target: Target, headPort: Int, fixtures: String) -> [Target] {
    func side(_ name: String, _ source: ComparedSource) -> Target {
      var side = target
      switch source {
      case .package(let package): side.replacement = package
      case .application(let other): side = other
      }
      side.name = name
      side.title += " (\(name))"
      return side
    }
    var (base, head) = (side("base", base), side("head", head))
    (base.role, head.role) = (.reference, .framework)
    (base.port, head.port) = (target.port, headPort)
    base.interpreter = basePython.map { InterpreterChoice($0, setting: Self.basePythonVariable) }
    head.interpreter = headPython.map { InterpreterChoice($0, setting: Self.headPythonVariable) }
    guard let slowdown else { return [base, head] }
    return zip([base, head], [0, slowdown]).map { side, slowdown in
      var side = side
      side.environment["PYTHONPATH"] = fixtures + "/selftest"
      side.environment["SLOWDOWN"] = "\(slowdown)"
      return side
    }
  }
}

/// What one side of a comparison is made of.
public enum ComparedSource: Equatable, Sendable, CustomStringConvertible {
  /// The application of this checkout, with the framework's package from elsewhere.
  case package(PackageSource)
  /// Another state of the application, with what that one pins: a folder with a `framework.json`.
  case application(Target)

  /// nil where the text is none of these.
  ///
  /// - Throws: where it is the folder of an application that cannot be used.
  package init?(_ text: String, workingDirectory: String = FileManager.default.currentDirectoryPath)
    throws(TargetError)
  {
    let path = PackageSource.path(text, in: workingDirectory)
    if FileManager.default.fileExists(atPath: path + "/framework.json") {
      self = .application(try Target.read(path))
    } else if let package = PackageSource(text, workingDirectory: workingDirectory) {
      self = .package(package)
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .package(let source): source.description
    case .application(let target): target.source
    }
  }

  package var isApplication: Bool {
    if case .application = self { true } else { false }
  }
}
