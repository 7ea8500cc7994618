/// What a virtual environment is made of: a file of pinned requirements, and how to see that it holds what it should.
package struct PinnedRequirements {
  /// Names the environment, and speaks in messages.
  package var name: String
  /// The file, with every distribution pinned.
  package var file: String
  /// The distribution that `replacement` takes the place of.
  package var package: String?
  package var replacement: PackageSource?
  /// A command that exits 0 when compiled parts are really there; part of what tells environments apart.
  package var check: [String]?
  /// The same command as it is to be run.
  package var checkCommand: @Sendable (_ python: String) -> [String]?

  package init(_ target: Target) {
    name = target.name
    file = target.source + "/" + target.requirements
    package = target.package
    replacement = target.replacement
    check = target.nativeCheck
    checkCommand = { python in target.nativeCheck.map { target.command($0, python: python) } }
  }

  /// Of a tool that is no target.
  package init(tool name: String, file: String) {
    self.name = name
    self.file = file
    checkCommand = { _ in nil }
  }
}
