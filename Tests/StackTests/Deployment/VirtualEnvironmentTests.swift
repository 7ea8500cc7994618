import BenchTesting
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Stack

extension Exclusive.StackTests {
  /// What is installed, kept and removed. The packages are made here, so that no registry is asked.
  @Suite struct VirtualEnvironmentTests {
    private let folder = TemporaryDirectory()

    // MARK: The store

    @Test("Another interpreter or version is installed beside; going back, or failing offline, leaves what is there")
    func store() throws {
      try makeWheels(["plain": ["1.0"]])
      let store = try makeStore()
      let interpreter = try interpreter()
      let pinned = requirements("plain==1.0")
      let one = try store.environment(of: pinned, interpreter)
      var other = interpreter
      other.platform = "another"
      let two = try store.environment(of: pinned, other)
      #expect(one.directory != two.directory && one.versions["plain"] == "1.0")
      #expect(one.versions["pip"] == nil)

      // Offline: there is no package any more.
      try FileManager.default.removeItem(atPath: folder.path + "/wheels")
      #expect(try store.environment(of: pinned, interpreter) == one)
      #expect(throws: DeploymentError.self) {
        try store.environment(of: requirements("plain==2.0"), interpreter)
      }
      let names = [one, two].map { URL(fileURLWithPath: $0.directory).lastPathComponent }
      #expect(try environments() == names.sorted())
      let run = try ProgramRun(["-c", "import plain"], program: one.python)
      #expect(run.status == 0, "\(run.errors)")
    }

    @Test("The last used are kept; what is half made, or was not used for longest, goes, unless something runs from it")
    func tidies() throws {
      try makeWheels(["plain": ["1.0"], "web": ["2.0"]])
      let names = (0..<10).map { "fw-00000000000\($0)" }
      for (age, name) in names.enumerated() {
        folder.write("venvs/\(name)/complete.json", "{}")
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -3600 * Double(age + 1))],
          ofItemAtPath: folder.path + "/venvs/\(name)/complete.json")
      }
      folder.write("venvs/fw-half00000000/bin/python", "")
      folder.write("venvs/fw-abcdef012345/bin/python", "")
      folder.write("venvs/fw-two-000000000000/complete.json", "{}")
      let server = Process()
      server.executableURL = URL(fileURLWithPath: "/bin/sh")
      server.arguments = ["-c", "read line; exit", folder.path + "/venvs/fw-000000000009/bin/python"]
      let input = Pipe()
      server.standardInput = input
      try server.run()
      defer {
        try? input.fileHandleForWriting.close()
        server.waitUntilExit()
      }

      let made = try makeStore().environment(of: requirements("plain==1.0"), try interpreter())
      let new = URL(fileURLWithPath: made.directory).lastPathComponent
      let kept =
        names.prefix(VirtualEnvironmentStore.kept - 1) + [names[9], "fw-half00000000", "fw-two-000000000000", new]
      #expect(try environments() == kept.sorted())

      // The pinned one was used before all others, and stays when a version is installed beside.
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -864_000)], ofItemAtPath: made.directory + "/complete.json")
      let replaced = requirements("plain==1.0", replaced: .version("2.0"))
      _ = try makeStore().environment(of: replaced, try interpreter())
      #expect(try environments().contains(new))
    }

    @Test("One process makes an environment while another waits for it")
    func waits() throws {
      try makeWheels(["plain": ["1.0"]])
      try FileManager.default.createDirectory(atPath: folder.path + "/venvs", withIntermediateDirectories: true)
      let held = Held()
      try held.take(folder.path + "/venvs/fw.lock")
      let venvs = folder.path + "/venvs"
      let store = try makeStore(
        DeploymentProgress {
          guard $0.contains("waiting for pid \(getpid())") else { return }
          held.release(leaving: (try? FileManager.default.contentsOfDirectory(atPath: venvs)) ?? [])
        })
      _ = try store.environment(of: requirements("plain==1.0"), try interpreter())
      #expect(held.seen == ["fw.lock"], "nothing is made before the other has ended")
    }

    // MARK: Versions

    @Test("Pins hold as far as a version agrees with them; what it asks for instead is installed, and told")
    func resolves() throws {
      try makeWheels(
        ["plain": ["1.0", "2.0"], "base": ["1.0", "2.0"], "web": ["1.0", "2.0"]],
        asking: ["web 1.0": ["base<2"], "web 2.0": ["base>=2"]])
      let said = Said()
      let pinned = requirements("base==2.0\nplain==1.0\nWeb==2.0", replaced: .version("1.0"))
      let installed = try makeStore(said.progress).environment(of: pinned, try interpreter())
      #expect(installed.versions == ["base": "1.0", "plain": "1.0", "web": "1.0"].merging(tools(installed)) { $1 })
      #expect(said.text.contains("base is 1.0 instead of the pinned 2.0, as that is asked for"))
    }

    @Test("Another version of a dependency leaves the framework as it is pinned, or is refused")
    func dependency() throws {
      try makeWheels(
        ["base": ["1.0", "2.0", "2.1"], "web": ["1.0", "2.0"]], asking: ["web 1.0": ["base<2"], "web 2.0": ["base>=2"]])
      let pins = "base==2.0\nweb==2.0"
      let store = try makeStore()
      let installed = try store.environment(
        of: requirements(pins, replaced: .dependency("base", version: "2.1")), try interpreter())
      #expect(installed.versions["base"] == "2.1" && installed.versions["web"] == "2.0")
      let error = #expect(throws: DeploymentError.self) {
        try store.environment(of: requirements(pins, replaced: .dependency("base", version: "1.0")), try interpreter())
      }
      #expect(error?.description.contains("conflicting dependencies") == true)
    }

    @Test("What is pinned anyway replaces nothing, and both sides of a comparison share an environment")
    func pinnedVersion() {
      #expect(requirements("Web==2.0", replaced: .version("2.0")).replacement != nil, "spelled as it is pinned")
      #expect(requirements("web==2.0", replaced: .version("2.0")).replacement == nil)
      #expect(requirements("web==2.0\nbase==1.0", replaced: .dependency("base", version: "1.0")).replacement == nil)
      var (base, head) = (Target.named("base", port: 1), Target.named("head", port: 2))
      (base.source, head.source) = ("/srv/web", "/other/web")
      #expect([PinnedRequirements(base).name, PinnedRequirements(head).name] == ["web", "web"])
    }

    @Test("The pins are read but for the one that is replaced, however it is spelled")
    func pins() {
      let text = "anyio==4.0 # why\nOne_Package==1.4.0\none-package-extra==2\nuvicorn==1; python_version > '3'\n\n"
      #expect(PinnedRequirements.pins(text).map(\.name) == ["anyio", "One_Package", "one-package-extra", "uvicorn"])
      #expect(PinnedRequirements.pins(text).map(\.version) == ["4.0", "1.4.0", "2", "1"])
      var pinned = requirements(text)
      pinned.replacement = .init(package: "one.package", source: .version("2"), requirement: "one.package==2")
      #expect(pinned.wanted == ["anyio", "one-package-extra", "uvicorn; python_version > '3'"])
    }

    // MARK: Folders

    @Test("A folder is built from a copy: nothing is written there, and nothing of an earlier build is installed")
    func folders() throws {
      try makeWheels([:])
      writeSource(["web/__init__.py": "", "web/speed.py": "SLOW = True", "web/gone.py": ""])
      let before = listing("web")
      let store = try makeStore()
      let tree = requirements("web==2.0", replaced: .tree(folder.path + "/web"))
      let slow = try store.environment(of: tree, try interpreter())
      #expect(try answer(slow, "import web.gone, web.speed; print(web.speed.SLOW)") == "True")
      #expect(listing("web") == before)
      #expect(!FileManager.default.fileExists(atPath: slow.directory + "/source"))

      // As a checkout of an older commit by a tool that keeps times.
      folder.write("web/web/speed.py", "SLOW = False")
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: folder.path + "/web/web/speed.py"
      )
      try FileManager.default.removeItem(atPath: folder.path + "/web/web/gone.py")
      // One deployment measures what it saw first.
      #expect(try store.environment(of: tree, try interpreter()) == slow)
      let fast = try makeStore().environment(of: tree, try interpreter())
      #expect(fast.directory != slow.directory)
      #expect(
        try answer(
          fast, "import importlib.util as u, web.speed; print(web.speed.SLOW, u.find_spec('web.gone'))") == "False None"
      )
    }

    @Test("A folder that holds something else is refused, and what was installed of it does not count")
    func otherPackage() throws {
      try makeWheels(["site": ["2.0"]])
      writeSource(["web/__init__.py": ""])
      let pinned = requirements("site==2.0", of: "site", replaced: .tree(folder.path + "/web"))
      let error = #expect(throws: DeploymentError.self) {
        try makeStore().environment(of: pinned, try interpreter())
      }
      #expect(error?.description == "\(folder.path)/web does not hold site")
      #expect(try environments() == [])
    }

    // MARK: Interpreters

    @Test(
      "An interpreter that is too old or broken is refused in one line that names the setting",
      arguments: [
        ("#!/bin/sh\necho '[\"/usr/bin/python3\", \"3.10.13\", \"\", \"\"]'", "is Python 3.10.13"),
        ("#!/bin/sh\necho 'command not found' >&2; exit 127", "(exit code 127): command not found"),
        ("#!/bin/sh\necho hello", "does not answer as Python does"),
      ])
    func oldInterpreters(script: String, problem: String) throws {
      folder.write("python", script)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path + "/python")
      let error = #expect(throws: DeploymentError.self) {
        try Interpreter.find(
          InterpreterChoice(folder.path + "/python", setting: "SHOOTOUT_PYTHON"), environment: [:], .none)
      }
      let text = error?.description ?? ""
      #expect(text.contains(problem) && !text.contains("\n"), "\(text)")
      #expect(text.hasSuffix("SHOOTOUT_PYTHON has to name Python 3.11 or newer, such as python3.13"))
    }

    @Test("Python 3.11 and newer are supported, and what only begins like them is not")
    func supported() {
      #expect(["3.11.0", "3.13.1", "3.15.0a1+", "4.0"].allSatisfy(Interpreter.isSupported))
      #expect(!["3.10.13", "3.9.18", "2.7.18", "3", ""].contains(where: Interpreter.isSupported))
    }

    // MARK: Parts

    private func interpreter() throws -> Interpreter {
      try Interpreter.find(
        InterpreterChoice("python3", setting: "SHOOTOUT_PYTHON"), environment: ProcessInfo.processInfo.environment,
        .none)
    }

    private func makeStore(_ progress: DeploymentProgress = .silent) throws -> VirtualEnvironmentStore {
      let state = StateDirectory(path: folder.path + "/state")
      try state.prepare()
      let user = ProcessInfo.processInfo.environment
      let environment = [
        "PATH": user["PATH"] ?? "", "HOME": folder.path, "PIP_NO_INDEX": "true",
        "PIP_FIND_LINKS": folder.path + "/wheels",
      ]
      return VirtualEnvironmentStore(
        folder: folder.path + "/venvs", state: state, environment: environment,
        sources: SourceStates(environment: environment, .none), interrupts: .none, progress: progress)
    }

    private func requirements(
      _ pins: String, of package: String = "web", replaced: PackageSource? = nil
    ) -> PinnedRequirements {
      folder.write("fw/requirements.txt", pins)
      var target = Target.named("fw", port: 8000, source: folder.path + "/fw")
      target.package = package
      target.replacement = replaced
      return PinnedRequirements(target)
    }

    private func environments() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/venvs").filter { $0 != "fw.lock" }.sorted()
    }

    /// What some versions of Python lay into every environment.
    private func tools(_ installed: VirtualEnvironment) -> [String: String] {
      installed.versions.filter { $0.key == "setuptools" }
    }

    private func answer(_ installed: VirtualEnvironment, _ program: String) throws -> String {
      let run = try ProgramRun(["-I", "-c", program], program: installed.python)
      return (run.output + run.errors).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func listing(_ name: String) -> [String] {
      (FileManager.default.subpaths(atPath: folder.path + "/" + name) ?? []).sorted()
    }

    /// The smallest packages that pip installs.
    private func makeWheels(_ versions: [String: [String]], asking: [String: [String]] = [:]) throws {
      let script = """
        import json, pathlib, sys, zipfile
        folder = pathlib.Path(sys.argv[1]); folder.mkdir()
        versions, asking = json.loads(sys.argv[2]), json.loads(sys.argv[3])
        for name, version in ((name, version) for name in versions for version in versions[name]):
            with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
                wheel.writestr(f"{name}.py", "")
                about = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
                about += "".join(f"Requires-Dist: {other}\\n" for other in asking.get(f"{name} {version}", []))
                wheel.writestr(f"{name}-{version}.dist-info/METADATA", about)
                wheel.writestr(f"{name}-{version}.dist-info/WHEEL",
                    "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                wheel.writestr(f"{name}-{version}.dist-info/RECORD", "")
        """
      let words = try [versions, asking].map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
      let run = try ProgramRun(
        ["-I", "-c", script, folder.path + "/wheels"] + words, program: try interpreter().path)
      #expect(run.status == 0, "\(run.errors)")
    }

    /// A source tree with a build backend of its own, which keeps what it built in `build` and uses that again where it is
    /// not older, as others do.
    private func writeSource(_ files: [String: String]) {
      folder.write(
        "web/pyproject.toml",
        "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n")
      folder.write(
        "web/backend.py",
        """
        import pathlib, shutil, zipfile
        def build_wheel(folder, settings=None, metadata=None):
            built = pathlib.Path("build")
            built.mkdir(exist_ok=True)
            for file in pathlib.Path("web").glob("*.py"):
                copy = built / file.name
                if not copy.exists() or copy.stat().st_mtime < file.stat().st_mtime:
                    shutil.copy2(file, copy)
            name = "web-3.0-py3-none-any.whl"
            with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
                for file in built.glob("*.py"):
                    wheel.write(file, f"web/{file.name}")
                wheel.writestr("web-3.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: web\\nVersion: 3.0\\n")
                wheel.writestr("web-3.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                wheel.writestr("web-3.0.dist-info/RECORD", "")
            return name
        """)
      for (name, text) in files { folder.write("web/" + name, text) }
    }

    /// A lock that somebody else has, until it is released.
    private final class Held: @unchecked Sendable {
      private var lock: FileLock?
      private(set) var seen: [String]?

      func take(_ path: String) throws { lock = try FileLock.take(path) }

      func release(leaving seen: [String]) {
        self.seen = seen
        lock = nil
      }
    }

    private final class Said: Sendable {
      private let lines = Mutex<[String]>([])
      var text: String { lines.withLock { $0.joined(separator: "\n") } }
      var progress: DeploymentProgress { DeploymentProgress { line in self.lines.withLock { $0.append(line) } } }
    }
  }
}
