import Machine

/// What the services of `compose.yaml` have in common: a volume with the password of the database, and what each container
/// says of itself. By that the suite, which is not given the engine, finds their control groups and what is installed in them.
struct SharedFolder {
  static let path = "/run/shootout"
  static let password = path + "/password"
  private static let containers = path + "/containers"

  /// Where it is mounted.
  var root = path

  /// The command by which a healthy container writes down its id, and what is installed in it, with ` && ` at its end.
  ///
  /// - Parameter installed: the list that the building of the image left in it.
  static func announcement(of service: String, _ installed: String? = nil) -> String {
    // The engine makes the id's first digits the name of the host.
    var commands = ["cat /etc/hostname >\(containers)/\(service).id"]
    if let installed { commands.append("cp \(installed) \(containers)/\(service).json") }
    return commands.map { $0 + " && " }.joined()
  }

  /// nil where the suite is no service of `compose.yaml`, or the password was not made.
  var password: Secret? {
    ProcFile.text(root + "/password").flatMap { $0.isEmpty ? nil : Secret($0) }
  }

  /// The first digits of the id of a service's container.
  func id(of service: String) -> String? {
    ProcFile.text("\(root)/containers/\(service).id")
      .map { String($0.filter { !$0.isWhitespace }) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// nil where the container has not said it, or in words that are none of ours.
  func installed(in service: String) -> InstalledInImage? {
    ProcFile.text("\(root)/containers/\(service).json").flatMap { try? InstalledInImage.read($0) }
  }
}
