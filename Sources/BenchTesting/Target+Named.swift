import Foundation
import Stack

extension Target {
  /// The file of a target that serves nothing.
  package static func json(_ name: String, port: Int) -> String {
    """
    {"name": "\(name)", "title": "\(name)", "port": \(port), "homepage": "", "server": "", "start": ["/bin/true"],
     "requirements": "requirements.txt", "stop": {"signal": "TERM", "grace_s": 1}, "versions": [],
     "ready": {"path": "/ping", "connections_per_worker": 0}}
    """
  }

  package static func named(_ name: String, port: Int, source: String = "/source") -> Target {
    var target = try! Target.decode(Data(json(name, port: port).utf8), file: name)
    target.source = source
    return target
  }
}
