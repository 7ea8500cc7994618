/// Whose code a frame is, which gives it its colour.
enum FrameOrigin: String, CaseIterable, Sendable {
  case application, framework, server, packages, python, native

  var title: String {
    switch self {
    case .application: "application"
    case .framework: "framework"
    case .server: "server and event loop"
    case .packages: "other packages"
    case .python: "Python and its library"
    case .native: "native code"
    }
  }

  /// What tells the code of a target from that of others.
  struct Target: Equatable, Sendable {
    /// The files of the application, relative to its folder.
    var files: Set<String>
    /// The distribution of the framework; nil for an application without one.
    var framework: String?
  }

  init(_ frame: StackFrame, of target: Target) {
    let file = frame.file
    let top = String(file.prefix { $0 != "/" })
    let package = top.hasSuffix(".py") ? String(top.dropLast(3)) : top
    if target.files.contains(file) {
      self = .application
    } else if file.isEmpty || file.hasPrefix("<") || file.hasPrefix("libpython") || file.hasPrefix("python3") {
      self = .python
    } else if !file.contains("/"), !file.hasSuffix(".py") {
      // The source or the library of compiled code has no folder.
      self = Self.compiledServers.contains(file) ? .server : .native
    } else if Self.servers.contains(package) {
      // Also where the server is all that a target has in the place of a framework.
      self = .server
    } else if let framework = target.framework, package == Self.module(of: framework) {
      self = .framework
    } else if !file.contains("/") || Self.library.contains(package) {
      self = .python
    } else {
      self = file.hasSuffix(".py") || file.hasSuffix(".pyx") || file.hasSuffix(".pxd") ? .packages : .native
    }
  }

  /// A distribution's name as its folder has it.
  private static func module(of distribution: String) -> String {
    distribution.lowercased().replacing("-", with: "_")
  }

  private static let servers: Set = [
    "asyncio", "daphne", "granian", "gunicorn", "h11", "h2", "httptools", "hypercorn", "selectors", "uvicorn", "uvloop",
    "websockets", "wsproto",
  ]
  /// The file that uvloop is compiled to.
  private static let compiledServers: Set = ["loop.c"]
  /// The folders of Python's library; its other files have none.
  private static let library: Set = [
    "collections", "concurrent", "ctypes", "email", "encodings", "html", "http", "importlib", "json", "logging",
    "multiprocessing", "re", "sqlite3", "tomllib", "unittest", "urllib", "wsgiref", "xml", "zoneinfo",
  ]
}
