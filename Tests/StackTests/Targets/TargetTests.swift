import BenchTesting
import Foundation
import TestSupport
import Testing

@testable import Stack

@Suite struct TargetTests {
  private let folder = TemporaryDirectory()

  /// A complete file, with some members replaced; those that become empty are left out.
  private func json(_ changes: [String: String] = [:]) -> String {
    var members: [String: String] = [
      "name": #""swift""#, "title": #""Swift""#, "package": #""swift-web""#, "port": "8100",
      "homepage": #""https://example.com""#, "server": #""its own""#, "requirements": #""requirements.txt""#,
      "start": #"["{python}", "{source}/serve.py"]"#, "stop": #"{"signal": "TERM", "grace_s": 10}"#,
      "ready": #"{"path": "/ping", "connections_per_worker": 4}"#,
      "versions": #"["swift-web"]"#,
      "role": #""reference""#,
    ]
    for (key, value) in changes { members[key] = value.isEmpty ? nil : value }
    return "{" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
  }

  private func add(_ name: String, _ changes: [String: String] = [:]) {
    let names = ["name": "\"\(name)\"", "title": "\"The \(name)\""]
    folder.write("\(name)/framework.json", json(names.merging(changes) { $1 }))
    folder.write("\(name)/requirements.txt", "")
  }

  private func discoveryError() -> String? {
    do {
      _ = try Target.discover(in: folder.path)
      return nil
    } catch {
      return error.description.replacing(folder.path + "/", with: "")
    }
  }

  @Test("Every folder with a framework.json is a target, in the order of the ports")
  func discovery() throws {
    add("late", ["port": "8102"])
    add("early", ["port": "8101", "role": ""])
    folder.write("notes/readme.txt", "no target")
    let found = try Target.discover(in: folder.path)
    #expect(found.map(\.name) == ["early", "late"])
    #expect(found.map(\.role) == [.framework, .reference])
    #expect(found[0].source == folder.path + "/early")
    #expect(found[0].connectionsWhenReady == 16)
  }

  @Test("Placeholders become the interpreter and the folder")
  func placeholders() throws {
    add("swift")
    let target = try Target.discover(in: folder.path)[0]
    #expect(
      target.command(target.start, python: "/venv/bin/python")
        == ["/venv/bin/python", folder.path + "/swift/serve.py"])
  }

  @Test("A server that was started by hand is recognised by its command, and one of another checkout is not")
  func startedByHand() throws {
    add("swift", ["start": #"["{python}", "{source}/serve.py", "--fast"]"#])
    let target = try Target.discover(in: folder.path)[0]
    let script = folder.path + "/swift/serve.py"
    #expect(target.isStarted(by: ["/venv/bin/python", "-X", "dev", script, "--fast"]))
    #expect(!target.isStarted(by: ["/venv/bin/python", script]))
    #expect(!target.isStarted(by: ["python", "/elsewhere/swift/serve.py", "--fast"]))
    #expect(!target.isStarted(by: []))
    add("swift", ["start": #"["{python}", "-m", "serve"]"#])
    #expect(try !Target.discover(in: folder.path)[0].isStarted(by: ["python", "-m", "serve"]))
  }

  @Test("A key of an earlier version means nothing, and does no harm")
  func formerKey() {
    add("swift", ["recognise": #"{"command_contains": "frameworks/swift/serve.py"}"#])
    #expect(discoveryError() == nil)
  }

  @Test("Differences keep their shape")
  func differences() throws {
    add("swift", ["differences": #"{"a": {"status": [200, 206], "headers": {"etag": "*", "date": null}}}"#])
    let differences = try JSONValue.object("differences", in: folder.path + "/swift/framework.json")
    #expect(
      differences["a"]
        == .object([
          "status": .array([.number(200), .number(206)]),
          "headers": .object(["etag": .string("*"), "date": .null]),
        ]))
  }

  @Test(
    "What is wrong is told in one line with file and key",
    arguments: [
      (["title": ""], #"swift/framework.json: key "title" is missing"#),
      (["stop": #"{"signal": "TERM"}"#], #"swift/framework.json: key "stop.grace_s" is missing"#),
      (["port": #""8000""#], #"swift/framework.json: key "port": has the wrong type"#),
      (
        ["cheaper_than_the_work": #"{"json-large": " "}"#],
        #"swift/framework.json: key "cheaper_than_the_work.json-large": is empty; right would be the reason"#
      ),
      (["port": "70000"], #"swift/framework.json: key "port": 70000 is not between 1 and 65535"#),
      (
        ["start": #"["{pyhton}"]"#],
        #"swift/framework.json: key "start": unknown placeholder {pyhton}; known: {python}, {source}"#
      ),
      (["start": "[]"], #"swift/framework.json: key "start": is empty"#),
      (["name": #""other""#], #"swift/framework.json: key "name": "other" must be the name of the folder, "swift""#),
      (
        ["ready": #"{"path": "ping", "connections_per_worker": 4}"#],
        #"swift/framework.json: key "ready.path": must begin with /"#
      ),
      (
        ["requirement": #""requirements.txt""#],
        #"swift/framework.json: unknown key "requirement"; did you mean "requirements"?"#
      ),
      (
        ["stop": #"{"signal": "TERM", "grace_s": 1, "grace_ms": 9}"#],
        #"swift/framework.json: unknown key "stop.grace_ms"; did you mean "grace_s"?"#
      ),
      (
        ["ready": #"{"path": "/ping", "connections_per_worker": 4, "x": 1}"#],
        #"swift/framework.json: unknown key "ready.x"; known: path, connections_per_worker"#
      ),
      (
        ["stop": #"{"signal": "TERM", "grace_s": 600}"#],
        #"swift/framework.json: key "stop.grace_s": must be above 0 and at most 60 seconds"#
      ),
      (["role": #""framework""#], #"no framework.json has "role": "reference"; exactly one must"#),
    ] as [([String: String], String)])
  func mistakes(changes: [String: String], message: String) {
    add("swift", changes)
    #expect(discoveryError() == message)
  }

  @Test("A file that is no JSON is told apart from one with a wrong value")
  func notJSON() throws {
    folder.write("swift/framework.json", "{\"name\": ")
    #expect(try #require(discoveryError()).hasPrefix("swift/framework.json: not valid JSON: "))
    add("swift", ["role": #""king""#])
    #expect(try #require(discoveryError()).hasPrefix(#"swift/framework.json: key "role": "#))
  }

  @Test("Requirements that are not there are an error")
  func noRequirements() {
    folder.write("swift/framework.json", json())
    #expect(
      discoveryError() == #"swift/framework.json: key "requirements": no file swift/requirements.txt"#)
  }

  @Test("Two targets cannot share a port")
  func samePort() {
    add("a")
    add("b", ["role": ""])
    #expect(discoveryError() == #"a/framework.json and b/framework.json both have "port": 8100"#)
  }

  @Test("Two targets cannot share a title, as one that was copied from another would")
  func sameTitle() {
    add("a", ["title": #""Swift""#])
    add("b", ["title": #""Swift""#, "port": "8101", "role": ""])
    #expect(
      discoveryError() == #"b/framework.json: key "title": "Swift" is the title of a/framework.json, too"#)
  }

  @Test("There is only one reference")
  func references() {
    add("a", ["port": "1"])
    add("b", ["port": "2"])
    #expect(discoveryError() == #"a/framework.json and b/framework.json have "role": "reference"; exactly one may"#)
  }

  @Test("An empty folder and a missing one are errors")
  func nothing() {
    #expect(throws: TargetError.noTargets(folder.path)) { try Target.discover(in: folder.path) }
    #expect(throws: TargetError.noFolder("/nowhere")) { try Target.discover(in: "/nowhere") }
  }

  @Test("The targets of this checkout are read")
  func ours() throws {
    let targets = try Target.discover(in: Checkout.find().frameworks)
    #expect(targets.filter { $0.role == .reference }.count == 1)
  }
}
