import BenchTesting
import Foundation
import TestSupport
import Testing

@testable import Stack

extension Exclusive.StackTests {
  /// What of the user's environment reaches a program that the suite starts.
  @Suite struct ChildEnvironmentTests {
    private let folder = TemporaryDirectory()

    /// Of each kind that has ever changed something it should not.
    private static let hostile = [
      "LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8", "LANGUAGE": "de", "LANG": "de_DE.UTF-8", "TZ": "Asia/Tokyo",
      "PYTHONPATH": "/evil", "PYTHONHOME": "/evil", "PYTHONOPTIMIZE": "2", "PYTHONSTARTUP": "/evil",
      "VIRTUAL_ENV": "/evil",
      "_PYTHON_SYSCONFIGDATA_NAME": "evil", "PIP_TARGET": "/evil", "PIP_USER": "1", "PIP_PREFIX": "/evil",
      "PIP_REQUIRE_VIRTUALENV": "1", "PIP_NO_BINARY": ":all:", "PIP_CONSTRAINT": "/evil", "PIP_DRY_RUN": "1",
      "PIP_PYTHON": "/evil", "LD_PRELOAD": "/evil", "MALLOC_ARENA_MAX": "1", "CFLAGS": "-O0", "GIT_DIR": "/evil",
      "GIT_WORK_TREE": "/evil", "GIT_INDEX_FILE": "/evil", "GIT_CONFIG_PARAMETERS": "'core.bare=true'",
      "COMPOSE_FILE": "/evil", "COMPOSE_PROJECT_NAME": "evil", "COMPOSE_PROFILES": "evil", "PGSERVICE": "evil",
      "WEB_CONCURRENCY": "9", "UVICORN_WORKERS": "9", "SANIC_REQUEST_MAX_SIZE": "1", "AQ_SECRET_KEY": "evil",
      "SHOOTOUT_PROFILE": "full",
    ]
    private static let neutral = ["LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"]

    @Test("What installs gets where things are and how to reach an index, and nothing that says what to install")
    func installing() {
      let wanted = [
        "PATH": "/usr/bin", "HOME": "/home/me", "https_proxy": "http://proxy:3128", "NO_PROXY": "localhost",
        "SSL_CERT_FILE": "/ca.pem", "REQUESTS_CA_BUNDLE": "/ca.pem", "PIP_INDEX_URL": "https://index.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://other.example/simple", "PIP_TRUSTED_HOST": "index.example",
        "PIP_CERT": "/ca.pem",
        "PIP_PROXY": "http://proxy:3128", "PIP_CACHE_DIR": "/cache", "PIP_CONFIG_FILE": "/pip.conf",
        "SSH_AUTH_SOCK": "/agent",
      ]
      #expect(
        ChildEnvironment.installing(Self.hostile.merging(wanted) { $1 })
          == wanted.merging(Self.neutral) { $1 }.merging(["GIT_TERMINAL_PROMPT": "0", "PYTHONNOUSERSITE": "1"]) { $1 })
    }

    @Test("Git is asked about this checkout, whatever repository a hook has named")
    func describing() {
      #expect(
        ChildEnvironment.describing(Self.hostile.merging(["PATH": "/usr/bin", "HOME": "/home/me"]) { $1 })
          == ["PATH": "/usr/bin", "HOME": "/home/me", "GIT_OPTIONAL_LOCKS": "0"].merging(Self.neutral) { $1 })
    }

    @Test("A launcher finds its program by the user's variables, and Python reads none")
    func asking() {
      let asking = ChildEnvironment.asking(["PYENV_VERSION": "3.11.7"].merging(Self.hostile) { $1 })
      #expect(asking["PYENV_VERSION"] == "3.11.7" && asking["LC_ALL"] == "C.UTF-8" && asking["TZ"] == "UTC")
      #expect(asking.keys.filter { $0.hasPrefix("PYTHON") || $0.hasPrefix("_PYTHON") } == [])
    }

    @Test("docker keeps its own settings and gets none of another Compose project")
    func containers() {
      let containers = ChildEnvironment.containers(
        Self.hostile.merging(["DOCKER_HOST": "tcp://h:1", "DOCKER_BUILDKIT": "0", "PYTHON_IMAGE": "p"]) { $1 })
      #expect(containers["DOCKER_HOST"] == "tcp://h:1" && containers["PYTHON_IMAGE"] == "p")
      #expect(containers["DOCKER_BUILDKIT"] == "1" && containers["LC_ALL"] == "C.UTF-8")
      #expect(containers.filter { $0.key.hasPrefix("COMPOSE_") } == ["COMPOSE_ANSI": "never"])
    }

    @Test("The peers of the engine know no proxy and no settings of a runtime")
    func measuring() {
      let given = ["PATH": "/usr/bin", "HOME": "/", "http_proxy": "http://proxy", "GOMAXPROCS": "1"]
      #expect(
        ChildEnvironment.measuring(Self.hostile.merging(given) { $1 })
          == ["PATH": "/usr/bin", "HOME": "/", "PYTHONNOUSERSITE": "1"].merging(Self.neutral) { $1 })
    }

    // MARK: pip

    @Test("Of pip's files, what says where packages come from becomes variables, and the rest is left out")
    func pipSettings() {
      #expect(
        PipSettings.environment([
          "global.index-url": "https://a/simple", "install.index-url": "https://b/simple", "global.timeout": "60",
          ":env:.timeout": "180", "global.find-links": "/one\n/two", "install.user": "true", "install.target": "/evil",
          "global.require-virtualenv": "true", "freeze.timeout": "10", "global.proxy": "",
        ]) == [
          "PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": "https://b/simple", "PIP_TIMEOUT": "180",
          "PIP_FIND_LINKS": "/one\n/two",
        ])
    }

    @Test("An image takes the same of a pip.conf")
    func pipSettingsOfImages() throws {
      let recipe = try String(contentsOfFile: Checkout.find().path + "/docker/target.py", encoding: .utf8)
      let list = try #require(recipe.firstMatch(of: /PIP_SETTINGS = \[([^\]]*)\]/)).1
      #expect(list.matches(of: /"([a-z-]+)"/).map { String($0.1) } == PipSettings.names)
    }

    @Test("Pinned requirements are installed into the target's environment, whatever pip and Python are told")
    func installs() throws {
      let user = ProcessInfo.processInfo.environment
      let state = StateDirectory(path: folder.path + "/state")
      try state.prepare()
      folder.write("requirements.txt", "tiny==1.0")
      folder.write(
        "pip.conf",
        """
        [global]
        find-links = \(folder.path)/wheels
        no-index = true
        quiet = 3
        user = true
        [install]
        user = true
        target = \(folder.path)/elsewhere
        dry-run = true
        """)
      let interpreter = try Interpreter.find(
        InterpreterChoice("python3", setting: "SHOOTOUT_PYTHON"), environment: user, .none)
      try makeWheel(interpreter)
      var environment = ["PATH": user["PATH"] ?? "", "HOME": folder.path].merging(Self.hostile) { $1 }
      // With it not even the shell of a launcher would start.
      environment["LD_PRELOAD"] = nil
      environment["PIP_CONFIG_FILE"] = folder.path + "/pip.conf"
      let store = VirtualEnvironmentStore(
        folder: folder.path + "/venvs", state: state, environment: environment,
        sources: SourceStates(environment: environment, .none), interrupts: .none, progress: .silent)
      let installed = try store.environment(
        of: PinnedRequirements(tool: "tiny", file: folder.path + "/requirements.txt"), interpreter)
      #expect(installed.versions["tiny"] == "1.0")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"))
    }

    /// The smallest package that pip installs.
    private func makeWheel(_ interpreter: Interpreter) throws {
      let script = """
        import pathlib, sys, zipfile
        folder = pathlib.Path(sys.argv[1]); folder.mkdir()
        with zipfile.ZipFile(folder / "tiny-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("tiny.py", "")
            wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
            wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
            wheel.writestr("tiny-1.0.dist-info/RECORD", "")
        """
      let run = try ProgramRun(["-I", "-c", script, folder.path + "/wheels"], program: interpreter.path)
      #expect(run.status == 0, "\(run.errors)")
    }
  }
}
