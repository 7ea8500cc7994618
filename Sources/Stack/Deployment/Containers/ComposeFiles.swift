import Foundation
import Machine
import Results

/// What Compose is given, and what belongs to the project of a checkout.
package struct ComposeFiles {
  package var targets: [Target]
  package var checkout: Checkout
  package var state: StateDirectory

  private var generated: String { state.path + "/compose.yaml" }

  /// One for each state directory, so that two checkouts do not take each other's containers for their own.
  package var project: String {
    var fingerprint = Fingerprint()
    fingerprint.add(state.path)
    return "framework-shootout-\(fingerprint.text.prefix(8))"
  }

  /// What finds all that Compose has made for the project.
  package var label: [String] { ["--filter", "label=com.docker.compose.project=\(project)"] }

  package var options: [String] {
    // A file docker/.env would be read otherwise, and nothing would tell.
    [
      "--project-name", project, "--env-file", "/dev/null", "--project-directory", checkout.path + "/docker",
      "--file", generated,
    ]
  }

  /// - Parameter settings: those of the database.
  package func write(_ settings: [String: String]) throws(DeploymentError) {
    let text = try StackFile(format: .compose, targets: targets, checkout: checkout).text(settings: settings)
    guard FileManager.default.createFile(atPath: generated, contents: Data(text.utf8)) else {
      throw .unusableState(path: generated, reason: "cannot be written")
    }
  }

  /// All that an image and a container are made from beside the target's folder; for nil, the database's.
  package func recipe(_ target: Target?, _ environment: [String: String]) -> [String] {
    let file = StackFile(format: .compose, targets: target.map { [$0] } ?? [], checkout: checkout)
    let image = target == nil ? [] : ["target.py", "Dockerfile"]
    return [(try? file.text(settings: [:])) ?? ""]
      + image.map { ProcFile.text(checkout.path + "/docker/" + $0) ?? "" }
      + StackFile.variables.map { "\($0)=\(environment[$0] ?? "")" }
  }

  /// Lays what replaces a target's package where the building of its image finds it.
  package func stage(_ target: Target) throws(DeploymentError) {
    guard let source = target.replacement else { return }
    let folder = checkout.path + "/.build/docker/" + target.name
    try? FileManager.default.removeItem(atPath: folder)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      switch source {
      case .version: break
      case .wheel(let path):
        try FileManager.default.copyItem(
          atPath: path, toPath: folder + "/" + URL(fileURLWithPath: path).lastPathComponent)
      case .tree(let path):
        try FileManager.default.copyItem(atPath: path, toPath: folder + "/" + StackFile.stagedTree)
      case .repository(let address):
        throw DeploymentError.container(.cannotCompare(source: address))
      }
    } catch let error as DeploymentError {
      throw error
    } catch {
      throw .unusableState(path: folder, reason: "cannot be written: \((error as NSError).localizedDescription)")
    }
  }
}
