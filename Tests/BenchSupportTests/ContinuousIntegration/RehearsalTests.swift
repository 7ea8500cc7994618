import BenchTesting
import Foundation
import Stack
import TestSupport
import Testing

/// A workflow is rehearsed with an engine that runs everything in a folder, and the scripts of the jobs are run as jobs do.
@Suite struct RehearsalTests {
  private let folder = TemporaryDirectory()
  private let checkout: Checkout

  init() throws { checkout = try Checkout.find() }

  private func git(_ words: String..., in name: String) throws -> String {
    let identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]
    let run = try ProgramRun(
      ["git"] + identity + words, program: "/usr/bin/env", directory: folder.path + "/" + name)
    try #require(run.status == 0, "\(words): \(run.errors)")
    return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func write(_ name: String, executable text: String) {
    folder.write(name, text)
    chmod(folder.path + "/" + name, 0o755)
  }

  // MARK: Rehearsing

  /// `docker`, whose containers are the folder `root`.
  private static let engine = """
    #!/bin/bash
    root=$(cd "$(dirname "$0")/.." && pwd)/root
    arguments=()
    for word in "$@"; do
      word=${word//\\/__w/$root/__w}
      arguments+=("${word//\\/github\\//$root/github/}")
    done
    set -- "${arguments[@]}"
    case $1 in
    image | run | rm | commit) [ "$1" != rm ] || rm -rf "$root"; exit 0 ;;
    cp) exec cp -r "${2#*:}" "$3" ;;
    esac
    shift
    while :; do
      case $1 in
      -i) shift ;;
      -e) export "${2?}"; shift 2 ;;
      -w) cd "$2" || exit; shift 2 ;;
      *) shift; break ;;
      esac
    done
    exec "$@"
    """

  private func rehearse(_ workflow: String, _ words: [String]) throws -> ProgramRun {
    write("bin/docker", executable: Self.engine)
    write("bin/chown", executable: "#!/bin/sh\n")
    if !FileManager.default.fileExists(atPath: folder.path + "/repository") {
      folder.write("repository/README", "read me\n")
      folder.write("repository/.github/workflows/some.yml", workflow)
      _ = try git("init", "-q", "-b", "main", in: "repository")
      _ = try git("add", ".", in: "repository")
      _ = try git("commit", "-q", "-m", "one", in: "repository")
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return try ProgramRun(
      [
        checkout.path + "/.ci/rehearse", "--repository", folder.path + "/repository", "--state", folder.path + "/state",
      ] + words, program: "/usr/bin/env", environment: ["PATH": folder.path + "/bin:" + path])
  }

  @Test(
    "Steps run in their order, with outputs, conditions, a cache and artifacts, and after a failure only what says so")
  func order() throws {
    let workflow = """
      on: pull_request
      jobs:
        first:
          runs-on: x
          container: swift:6.3@sha256:00
          outputs: { matrix: "${{ steps.say.outputs.matrix }}" }
          steps:
            - uses: actions/checkout@1
            - uses: actions/cache@1
              with: { path: kept, key: "k-${{ hashFiles('README') }}" }
            - id: say
              env: { WORD: "${{ github.event_name }}" }
              run: |
                cat README kept/word || true
                mkdir -p kept && echo "kept $WORD" >kept/word
                echo 'matrix={"include": [{"name": "a"}, {"name": "b"}]}' >>"$GITHUB_OUTPUT"
                echo "LATER=later" >>"$GITHUB_ENV"
            - run: test "$LATER" = later && false
            - run: echo not reached
            - if: failure()
              run: echo "reached $LATER" >>"$GITHUB_STEP_SUMMARY"
            - if: always()
              uses: actions/upload-artifact@1
              with: { name: words, path: kept }
        second:
          needs: first
          if: ${{ !cancelled() }}
          runs-on: x
          strategy: { matrix: "${{ fromJSON(needs.first.outputs.matrix) }}" }
          steps:
            - env: { NAME: "${{ matrix.name }}" }
              run: echo "in $NAME"
        third:
          needs: first
          runs-on: x
          steps: []
        fifth:
          runs-on: x
          steps:
            - uses: actions/checkout@1
            - uses: actions/cache@1
              with: { path: kept, key: k }
            - run: mkdir kept && echo five >kept/word
        sixth:
          runs-on: x
          steps:
            - uses: actions/cache@1
              with: { path: kept, key: other, restore-keys: k }
            - run: cat kept/word
      """
    let first = try rehearse(workflow, ["first", "second", "third"])
    #expect(first.status == 1, "\(first.errors)")
    #expect(first.output.contains("read me"))
    #expect(!first.output.contains("\nnot reached\n"))
    #expect(first.output.contains("== third: skipped"))
    func state(_ name: String) -> String? {
      try? String(contentsOfFile: folder.path + "/state/jobs/first/" + name, encoding: .utf8)
    }
    #expect(state("summary.md") == "reached later\n")
    #expect(state("artifacts/words/kept/word") == "kept pull_request\n")

    #expect(first.output.contains("\nin a\n") && first.output.contains("\nin b\n"))

    let cached = try rehearse(workflow, ["fifth", "sixth"])
    #expect(cached.status == 0, "\(cached.output)\(cached.errors)")
    #expect(cached.output.contains("restored k.tar"))
    #expect(cached.output.contains("\nfive\n"))
  }

  @Test("What cannot be rehearsed is refused in one line that says what it is")
  func unknownWords() throws {
    let workflow = """
      on: push
      jobs:
        one:
          runs-on: x
          steps:
            - uses: somebody/something@1
        two:
          runs-on: x
          services: x
          steps: []
        four:
          runs-on: x
          steps:
            - run: echo ${{ github.ref }}
      """
    #expect(
      try rehearse(workflow, ["one"]).errors == "rehearse: one: 'somebody/something@1' has no equivalent here\n")
    #expect(try rehearse(workflow, ["two"]).errors == "rehearse: two: 'services' is not known here\n")
    #expect(try rehearse(workflow, ["four"]).errors.contains("right would be env:"))
    #expect(
      try rehearse(workflow, ["three"]).errors
        == "rehearse: no job is called 'three'; known: some:one, some:two, some:four\n")
  }

  // MARK: What jobs run

  @Test(
    "The required check passes where every job passed or was rightly skipped",
    arguments: [
      ("success", "success", 0), ("success", "skipped", 0), ("skipped", "success", 1), ("success", "failure", 1),
      ("cancelled", "skipped", 1), ("success", "cancelled", 1),
    ])
  func required(test: String, gate: String, status: Int32) throws {
    let needs = #"{"test": {"result": "\#(test)", "outputs": {}}, "gate": {"result": "\#(gate)"}}"#
    let run = try ProgramRun(
      [checkout.path + "/.ci/required"], program: "/usr/bin/env", environment: ["NEEDS": needs, "SKIPPABLE": "gate"])
    #expect(run.status == status, "\(run.output)")
    let strict = try ProgramRun(
      [checkout.path + "/.ci/required"], program: "/usr/bin/env", environment: ["NEEDS": needs, "SKIPPABLE": ""])
    #expect(strict.status == (test == "success" && gate == "success" ? 0 : 1))
  }

  @Test("Without a log or a report, annotations and summary are one line each and no failure")
  func nothingThere() throws {
    let log = folder.path + "/test.log"
    let annotations = try ProgramRun([checkout.path + "/.ci/annotate", log], program: "/usr/bin/env")
    #expect(annotations.status == 0)
    #expect(annotations.output == "::warning::There is no \(log): the step that writes it was not reached\n")
    let environment = ["SHOOTOUT_RESULTS": folder.path, "GITHUB_STEP_SUMMARY": ""]
    let summary = try ProgramRun(
      [checkout.path + "/.ci/summary", log], program: "/usr/bin/env", environment: environment)
    #expect(summary.output == "No report was made.\n")
    folder.write("test.log", "one\nthe last line\n")
    let told = try ProgramRun(
      [checkout.path + "/.ci/summary", log], program: "/usr/bin/env", environment: environment)
    #expect(told.output.hasSuffix("The log ends with:\n\n```text\none\nthe last line\n```\n"), "\(told.output)")
  }

  @Test("The summary of two versions has the answer and the functions, and annotates what is worse")
  func summary() throws {
    folder.write(
      "latest/final_report.md",
      try String(
        contentsOfFile: checkout.path + "/Tests/ReportsTests/Golden/versions.md", encoding: .utf8))
    let run = try ProgramRun(
      [checkout.path + "/.ci/summary"], program: "/usr/bin/env",
      environment: ["SHOOTOUT_RESULTS": folder.path, "GITHUB_STEP_SUMMARY": folder.path + "/summary.md"])
    let summary = try String(contentsOfFile: folder.path + "/summary.md", encoding: .utf8)
    #expect(summary.hasPrefix("# Sanic 24.12.0 → 25.12.1\n"))
    #expect(summary.contains("## Called more often or less often per request"))
    #expect(summary.contains("| sanic | sanic.app.Sanic.dispatch | 0 | 1 | +1 | all 3 |"))
    #expect(!summary.contains("## Measurements"))
    #expect(
      run.output.hasPrefix("::error::Costs more in 2 of 3 scenarios: db-read (+9.80 %25 instructions"), "\(run.output)")
  }

  @Test(
    "A pull request gets one comment, which is changed from then on; a person's is left alone, and a fork gets none")
  func comment() throws {
    let program = """
      import http.server, json, os, subprocess, sys, threading
      comments = [{"id": n, "body": "hello", "user": {"type": "User"}} for n in range(100)]
      comments.append({"id": 100, "body": "<!-- framework-shootout: sanic --> mine", "user": {"type": "User"}})
      mode, log = "write", []
      class Answers(http.server.BaseHTTPRequestHandler):
          def answer(self):
              body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "null")
              log.append(f"{self.command} {self.path}")
              code, value = 200, None
              if self.command == "GET":
                  page = int(self.path.rpartition("=")[2])
                  value = comments[100 * (page - 1) : 100 * page]
              elif mode == "read":
                  code = 403
              elif self.command == "POST":
                  comments.append({"id": 200, "body": body["body"], "user": {"type": "Bot"}})
              else:
                  next(c for c in comments if self.path.endswith(f"/{c['id']}"))["body"] = body["body"]
              self.send_response(code)
              self.end_headers()
              self.wfile.write(json.dumps(value).encode())
          do_GET = do_POST = do_PATCH = answer
          def log_message(self, *words): pass
      server = http.server.HTTPServer(("127.0.0.1", 0), Answers)
      threading.Thread(target=server.serve_forever, daemon=True).start()
      def comment(text, **more):
          environment = {**os.environ, "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}", "GITHUB_TOKEN": "t",
              "GITHUB_REPOSITORY": "a/b", "GITHUB_SERVER_URL": "https://h", "GITHUB_RUN_ID": "7", "PULL_REQUEST": "5", **more}
          run = subprocess.run([sys.argv[1], "sanic"], input=text, capture_output=True, text=True, env=environment)
          print(run.returncode, run.stdout.strip().partition(",")[0], *log)
          log.clear()
      comment("first @somebody")
      comment("second")
      print(json.dumps([c["body"] for c in comments[100:]]))
      comment("x" * 90 + "\\n" + "<details>\\n" + "y\\n" * 40000)
      print(len(comments), len(comments[-1]["body"]) < 65536, comments[-1]["body"].count("details>"))
      mode = "read"
      comment("third")
      comment("fourth", PULL_REQUEST="")
      """
    let run = try ProgramRun(
      ["python3", "-c", program, checkout.path + "/.ci/comment"], program: "/usr/bin/env",
      environment: ["NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"])
    let listed = "GET /repos/a/b/issues/5/comments?per_page=100&page="
    let end = #"\n[The whole report](https://h/a/b/actions/runs/7)\n"#
    #expect(
      run.output == """
        0 comment: made \(listed)1 \(listed)2 POST /repos/a/b/issues/5/comments
        0 comment: changed \(listed)1 \(listed)2 PATCH /repos/a/b/issues/comments/200
        ["<!-- framework-shootout: sanic --> mine", "<!-- framework-shootout: sanic -->\\nsecond\(end)"]
        0 comment: changed \(listed)1 \(listed)2 PATCH /repos/a/b/issues/comments/200
        102 True 2
        0 comment: no permission to comment \(listed)1 \(listed)2 PATCH /repos/a/b/issues/comments/200
        0 comment: there is no pull request

        """, "\(run.errors)")
  }

  // MARK: What the action compares

  /// A suite whose make says what it was given, and a framework's repository with a branch of one commit.
  private func comparing() throws -> (base: String, head: String) {
    let script = try String(contentsOfFile: checkout.path + "/.ci/compare", encoding: .utf8)
    write("suite/.ci/compare", executable: script)
    folder.write(
      "suite/Makefile",
      """
      doctor:
      compare:
      \t@echo "framework $(FRAMEWORK) times $(TIMES) scenarios $${SCENARIOS-none}"
      \t@echo "base $$(cat $(BASE)/version 2>/dev/null || echo $(BASE)) head $$(cat $(HEAD)/version 2>/dev/null || echo $(HEAD))"

      """)
    folder.write("work/source/version", "one")
    _ = try git("init", "-q", "-b", "main", in: "work")
    _ = try git("add", ".", in: "work")
    _ = try git("commit", "-q", "-m", "one", in: "work")
    let base = try git("rev-parse", "HEAD", in: "work")
    _ = try git("checkout", "-q", "-b", "change", in: "work")
    folder.write("work/source/version", "two")
    _ = try git("commit", "-q", "-a", "-m", "two", in: "work")
    _ = try git("checkout", "-q", "main", in: "work")
    folder.write("work/source/version", "main goes on")
    _ = try git("commit", "-q", "-a", "-m", "three", in: "work")
    let head = try git("rev-parse", "HEAD", in: "work")
    _ = try git("checkout", "-q", "change", in: "work")
    return (base, head)
  }

  private func compare(_ settings: [String: String]) throws -> ProgramRun {
    let nothing = [
      "BASE": "", "HEAD": "", "TARGET": "", "SCENARIOS": "", "TOLERANCE": "", "TIMES": "", "SHOOTOUT_RESULTS": "",
    ]
    let fixed = [
      "FRAMEWORK": "sanic", "FOLDER": "source", "GITHUB_WORKSPACE": folder.path + "/work", "MAKEFLAGS": "",
      "MAKELEVEL": "",
      "RUNNER_TEMP": folder.path + "/temporary", "GITHUB_OUTPUT": folder.path + "/output",
    ]
    try FileManager.default.createDirectory(atPath: folder.path + "/temporary", withIntermediateDirectories: true)
    return try ProgramRun(
      [folder.path + "/suite/.ci/compare"], program: "/usr/bin/env",
      environment: nothing.merging(fixed) { $1 }.merging(settings) { $1 })
  }

  @Test("A checkout is compared with its merge base, and with any revision or version that is named")
  func sides() throws {
    let (base, target) = try comparing()
    let run = try compare(["TARGET": target, "TIMES": "off"])
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.contains("framework sanic times off scenarios none\nbase one head two\n"), "\(run.output)")
    #expect(try git("worktree", "list", in: "work").split(separator: "\n").count == 1)
    #expect(try git("status", "--porcelain", in: "work") == "")
    #expect(try String(contentsOfFile: folder.path + "/output", encoding: .utf8).contains("result=0\n"))
    #expect(try compare(["BASE": "main"]).output.contains("base main goes on head two\n"))
    #expect(try compare(["BASE": "HEAD", "HEAD": base]).output.contains("base two head one\n"))
    #expect(
      try compare(["BASE": "25.3.0", "HEAD": "uvicorn==0.54.0"]).output.contains("base 25.3.0 head uvicorn==0.54.0\n"))
  }

  @Test("What cannot be compared is refused in one line, and nothing of it is run")
  func refused() throws {
    _ = try comparing()
    let cases: [([String: String], String)] = [
      ([:], "base is not given, and this is no pull request to have a merge base; right would be base: main"),
      (["TARGET": String(repeating: "0", count: 40)], "right would be fetch-depth: 0 for actions/checkout"),
      (["FRAMEWORK": ""], "framework is not given"), (["FOLDER": "nowhere"], "path is 'nowhere', which is no folder"),
    ]
    for (settings, message) in cases {
      let run = try compare(settings)
      #expect(run.status == 3)
      #expect(run.output.hasPrefix("::error::") && run.output.contains(message), "\(run.output)")
    }
    for name in ["FRAMEWORK", "FOLDER", "BASE", "HEAD", "SCENARIOS", "TOLERANCE", "TIMES"] {
      for value in [
        "$(shell touch \(folder.path)/done)", "a;touch \(folder.path)/done", "`touch x`", "-x", "a b", "a\nb",
      ] {
        #expect(try compare(["BASE": "main"].merging([name: value]) { $1 }).status == 3, "\(name)=\(value)")
      }
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/done"))
  }
}
