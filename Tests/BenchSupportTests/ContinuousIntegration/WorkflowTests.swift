import BenchTesting
import Foundation
import Stack
import TestSupport
import Testing

/// What the workflows and the action say, and what reads them to rehearse them.
@Suite struct WorkflowTests {
  /// One step of a job, or of the action where `job` is empty.
  private struct Found: Decodable {
    var workflow: String
    var job: String
    var step: Step

    struct Step: Decodable {
      var name: String?
      var run: String?
      var uses: String?
    }
  }

  private let checkout: Checkout

  init() throws { checkout = try Checkout.find() }

  private func python(_ program: String, _ words: String...) throws -> String {
    let run = try ProgramRun(
      ["python3", "-B", "-c", "import sys; sys.path.insert(0, '.ci'); import json, workflows\n" + program] + words,
      program: "/usr/bin/env", directory: checkout.path)
    #expect(run.status == 0, "\(run.errors)")
    return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func steps() throws -> [Found] {
    let run = try ProgramRun([checkout.path + "/.ci/rehearse", "--steps"], program: "/usr/bin/env")
    try #require(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode([Found].self, from: Data(run.output.utf8))
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: checkout.path + "/" + path, encoding: .utf8)
  }

  private func workflowFiles() throws -> [String] {
    let folder = ".github/workflows"
    return try FileManager.default.contentsOfDirectory(atPath: checkout.path + "/" + folder).map { "\(folder)/\($0)" }
  }

  // MARK: Reading

  @Test("Workflows are read as YAML means them")
  func reading() throws {
    let text = """
      # what it is
      on:
        push:
          branches: [main, "v*"]
        workflow_dispatch:
      env: { A: 1, B: 'it''s' }
      jobs:
        one:   # a comment
          if: ${{ github.event_name == 'push' && true }}
          steps:
          - name: a # b
            run: |
              echo "a: # b"

                indented
          - uses: x/y@1
            with:
              depth: 0
              on: true
              text: >-
                one
                two
              none: ""
      """
    let right = """
      {"on": {"push": {"branches": ["main", "v*"]}, "workflow_dispatch": null}, "env": {"A": 1, "B": "it's"}, \
      "jobs": {"one": {"if": "${{ github.event_name == 'push' && true }}", "steps": [{"name": "a", "run": \
      "echo \\"a: # b\\"\\n\\n  indented\\n"}, {"uses": "x/y@1", "with": {"depth": 0, "on": true, "text": "one two", \
      "none": ""}}]}}}
      """
    #expect(try python("print(json.dumps(workflows.read(sys.argv[1])))", text) == right)
  }

  @Test(
    "What the reader does not know is refused with its line",
    arguments: [
      ("a: &anchor 1", "line 1: '&anchor 1'"), ("a: 1\na: 2", "line 2: a is there twice"),
      ("a:\n    b: 1\n  c: 2", "line 3: indented otherwise"), ("a: [1,\n  2]", "line 1: '[1,'"),
      ("a\n", "line 1: 'a' is no key"),
    ])
  func unknown(text: String, message: String) throws {
    let said = try python(
      "try: workflows.read(sys.argv[1])\nexcept workflows.Unknown as problem: print(problem)", text)
    #expect(said.contains(message), "\(said)")
  }

  @Test(
    "Expressions have the value that they have on GitHub",
    arguments: [
      ("${{ needs.a.outputs.any == 'true' }}", "true"), ("${{ needs.b.outputs.any == '' }}", "true"),
      ("${{ inputs.profile || 'standard' }}", "\"standard\""), ("x-${{ matrix.n }}-${{ needs.b }}", "\"x-3-\""),
      ("${{ !(matrix.n != 3) && 'It''s' }}", "\"It's\""), ("${{ 'ABC' == 'abc' }}", "true"),
      ("${{ fromJSON('[1, 2]') }}", "[1, 2]"), ("${{ contains(fromJSON('[\"a\"]'), 'A') }}", "true"),
      ("${{ format('{1}{0}', 'a', matrix.n) }}", "\"3a\""),
    ])
  func expressions(text: String, value: String) throws {
    let program = """
      contexts = {"needs": {"a": {"outputs": {"any": "true"}}}, "matrix": {"n": 3}, "inputs": {}}
      print(json.dumps(workflows.interpolate(sys.argv[1], contexts, {})))
      """
    #expect(try python(program, text) == value)
  }

  @Test(
    "A condition without a word on how it went before wants success",
    arguments: [
      ("always()", true), ("failure()", true), ("matrix.n == 3", false), ("${{ !cancelled() }}", true),
      ("${{ !cancelled() && matrix.n }}", true), ("success()", false),
    ])
  func conditions(text: String, holds: Bool) throws {
    let program = """
      functions = {"success": lambda: False, "failure": lambda: True, "always": lambda: True, "cancelled": lambda: False}
      print(workflows.condition(sys.argv[1], {"matrix": {"n": 3}}, functions))
      """
    #expect(try python(program, text) == (holds ? "True" : "False"))
  }

  // MARK: What is written

  @Test("Every command of every step exists: scripts, targets of make, commands of swift")
  func commands() throws {
    let makefile = try text("Makefile")
    let steps = try steps().filter { $0.step.run != nil }
    #expect(Set(steps.map(\.workflow)).count >= 3)
    for found in steps {
      let run = found.step.run!
      for match in run.matches(of: /(?:"?\$GITHUB_ACTION_PATH"?\/)?(\.ci\/[a-z-]+)/) {
        let path = checkout.path + "/" + match.1
        #expect(FileManager.default.isExecutableFile(atPath: path), "\(found.workflow): \(match.1)")
      }
      for match in run.matches(of: /(?m)^make ([a-z-]+)/) {
        #expect(makefile.contains("\n\(match.1):"), "\(found.workflow): make \(match.1)")
      }
      for match in run.matches(of: /(?m)^swift ([a-z-]+)/) {
        #expect(["build", "test"].contains(String(match.1)), "\(found.workflow): swift \(match.1)")
      }
    }
  }

  @Test("No script has an expression in it: what a name or a branch says would be run")
  func injection() throws {
    for found in try steps() {
      #expect(found.step.run?.contains("${{") != true, "\(found.workflow): \(found.step.name ?? "")")
    }
  }

  @Test("Actions are pinned by commit and images by digest, the same tag by the same one")
  func pinned() throws {
    for found in try steps() {
      guard let uses = found.step.uses, !uses.hasPrefix("./") else { continue }
      #expect(uses.contains(/@([0-9a-f]{40}|sha256:[0-9a-f]{64})$/), "\(found.workflow): \(uses)")
    }
    var digests: [String: Set<String>] = [:]
    for file in try workflowFiles() {
      for match in try text(file).matches(of: /(?:container|image): ([^$\s@]+)(@\S+)?/) {
        #expect(match.2?.contains(/^@sha256:[0-9a-f]{64}$/) == true, "\(file): \(match.1)")
        digests[String(match.1), default: []].insert(String(match.2 ?? ""))
      }
    }
    #expect(digests.count >= 3)
    #expect(digests.values.allSatisfy { $0.count == 1 }, "\(digests)")
  }

  @Test("The required check waits for every other job of its workflow, and tests run on three systems")
  func required() throws {
    let program = """
      jobs = workflows.read(open(".github/workflows/check.yml").read())["jobs"]
      print(sorted(set(jobs) - set(jobs["required"]["needs"])), jobs["required"]["if"].split()[0])
      print([entry["system"] for entry in jobs["test"]["strategy"]["matrix"]["include"]])
      """
    #expect(try python(program) == "['required'] always()\n['debian-12', 'ubuntu-24.04', 'debian-13']")
  }

  @Test("The reusable workflow hands every input to the action, which has no other but the token")
  func inputs() throws {
    let program = """
      called = workflows.read(open(".github/workflows/compare.yml").read())
      action = workflows.read(open("action.yml").read())
      given = next(s["with"] for s in called["jobs"]["compare"]["steps"] if s["uses"] == "./suite")
      print(sorted(called["on"]["workflow_call"]["inputs"]) == sorted(given), sorted(set(action["inputs"]) - set(given)))
      """
    #expect(try python(program) == "True ['token']")
  }

  @Test("The recipes of the documentation have ten lines and inputs that exist, and its rehearsals name jobs")
  func recipes() throws {
    let program = """
      import re
      page = open("docs/ci.md").read()
      called, steps = re.findall("```yaml\\n(.*?)```", page, re.S)
      inputs = workflows.read(open("action.yml").read())["inputs"]
      job = workflows.read(called)["jobs"]["compare"]
      print(len(called.splitlines()), job["uses"].partition("/framework-shootout/")[2], set(job["with"]) <= set(inputs))
      print([set(step["with"]) <= set(inputs) for step in workflows.read(steps)["jobs"]["compare"]["steps"][1:]])
      table = re.findall(r"^\\| `([a-z]+)` \\|", page, re.M)
      print(set(inputs) - set(table) - {"framework", "token"}, set(table) - set(inputs) - {"check", "nightly"})
      jobs = {name for file in ("check", "compare") for name in workflows.read(open(f".github/workflows/{file}.yml").read())["jobs"]}
      words = [word for line in re.findall(r"^\\.ci/rehearse (.*)$", page, re.M) for word in re.sub(r"--\\S+ \\S+", "", line).split()]
      print(len(words) > 4, set(words) - jobs)
      """
    #expect(
      try python(program) == """
        10 .github/workflows/compare.yml@main True
        [True]
        set() set()
        True set()
        """)
  }
}
