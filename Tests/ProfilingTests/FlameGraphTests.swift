import BenchTesting
import Foundation
import TestSupport
import Testing

@testable import Profiling

extension Exclusive.ProfilingTests {
  /// Recorded stacks, and the pictures that are made of them.
  @Suite struct FlameGraphTests {
    private static let leader = #"process 10:"/x/venvs/a-1/bin/python /x/frameworks/a/serve.py""#
    private static func worker(_ pid: Int) -> String {
      leader + #";process \#(pid):"/x/bin/python -c from multiprocessing.spawn import spawn_main; spawn_main(7)""#
    }

    private static let start =
      "<module> (<string>:1);spawn_main (multiprocessing/spawn.py:98);run (uvicorn/server.py:85)"

    /// Two workers, one of them with a second thread.
    private static let raw = """
      \(worker(11));\(start);handle (fastapi/routing.py:30);show (app.py:12);dumps (json/__init__.py:183) 30
      \(worker(12));\(start);handle (fastapi/routing.py:30);show (app.py:12);dumps (json/__init__.py:183) 20
      \(worker(12));\(start);handle (fastapi/routing.py:30);validate (/x/lib/python3.11/site-packages/pydantic/main.py:7) 25
      \(worker(11));\(start);epoll_pwait (libc.so.6) 15
      \(worker(12));\(start);handle (fastapi/routing.py:30) 5
      \(worker(11));0x7f00 (libc.so.6);_bootstrap (threading.py:9);pong (uvicorn/supervisors/multiprocess.py:62) 5

      """

    private static let target = FrameOrigin.Target(files: ["app.py", "modules/a.py"], framework: "fastapi")

    private static func side(_ name: String, _ raw: String) throws -> FlameGraph.Side {
      FlameGraph.Side(name: name, stacks: try #require(CollapsedStacks(raw: raw)), target: target)
    }

    // MARK: Stacks

    @Test(
      "A frame has no line, no address and no folder of the machine",
      arguments: [
        ("Server.run (uvicorn/server.py:85)", "Server.run (uvicorn/server.py)"),
        ("show (/home/me/app.py:3)", "show (app.py)"),
        ("f (/x/lib/python3.11/site-packages/a/b.py:1)", "f (a/b.py)"),
        ("f (/usr/lib/python3.11/asyncio/runners.py:1)", "f (asyncio/runners.py)"),
        ("run_until_complete (loop.c:35410)", "run_until_complete (loop.c)"),
        ("0x7f1551f278ec (libc.so.6)", "(unnamed) (libc.so.6)"),
        ("<module> (<string>:1)", "<module> (<string>)"),
        ("operator() (a) (x.cpp:1)", "operator() (a) (x.cpp)"), ("bare", "bare"),
      ])
    func frames(written: String, read: String) {
      #expect(StackFrame(written).text == read)
    }

    @Test("Workers are merged, and nothing of a process or a path is left")
    func merged() throws {
      let stacks = try #require(CollapsedStacks(raw: Self.raw))
      #expect(stacks.total == 100)
      #expect(stacks.counts.count == 5)
      #expect(
        stacks.text.split(separator: "\n").first
          == "<module> (<string>);spawn_main (multiprocessing/spawn.py);run (uvicorn/server.py);epoll_pwait (libc.so.6) 15"
      )
      #expect(stacks.text.contains("show (app.py);dumps (json/__init__.py) 50\n"))
      #expect(!stacks.text.contains("process 1") && !stacks.text.contains("/x/"))
      #expect(CollapsedStacks(raw: stacks.text) == stacks)
    }

    @Test("What is no list of stacks is not taken for one", arguments: ["nothing", "a;b x", "a;b -1", "a;b 0"])
    func unreadable(text: String) {
      #expect(CollapsedStacks(raw: text) == nil)
    }

    @Test("The function with the most samples of its own comes first")
    func busiest() throws {
      let busiest = try #require(CollapsedStacks(raw: Self.raw)).busiest(2)
      #expect(busiest.map(\.frame.function) == ["dumps", "validate"])
      #expect(busiest.map(\.count) == [50, 25])
    }

    // MARK: Origins

    @Test(
      "A frame has the colour of the package that it is from",
      arguments: [
        ("app.py", FrameOrigin.application), ("modules/a.py", .application), ("fastapi/routing.py", .framework),
        ("uvicorn/server.py", .server), ("uvloop/loop.pyx", .server), ("loop.c", .server),
        ("asyncio/runners.py", .server),
        ("starlette/routing.py", .packages), ("six.py", .python), ("threading.py", .python),
        ("json/encoder.py", .python),
        ("<string>", .python), ("", .python), ("libpython3.11.so.1.0", .python), ("libc.so.6", .native),
        ("core/src/panic.rs", .native),
      ])
    func origins(file: String, origin: FrameOrigin) {
      #expect(FrameOrigin(StackFrame(function: "f", file: file), of: Self.target) == origin)
    }

    // MARK: Trees

    @Test("Frames that all stacks of a thread share are folded into one, up to where they part")
    func folded() throws {
      let tree = FlameTree([try #require(CollapsedStacks(raw: Self.raw))])
      #expect(tree.counts == [100])
      #expect(tree.children.map(\.counts) == [[95], [5]])
      let main = tree.children[0]
      #expect(main.frames.map(\.function) == ["<module>", "spawn_main"])
      #expect(main.children.map(\.frames).map { $0.map(\.function) } == [["run"]])
      #expect(main.children[0].children.map(\.counts) == [[15], [80]])
      #expect(tree.depth == 6)
    }

    @Test("A few stacks that part from the shared start do not keep it from being folded, and are not lost")
    func strays() throws {
      let raw = "start (a.py);main (a.py);run (a.py);x (a.py) 60\nstart (a.py);main (a.py);run (a.py);y (a.py) 37\n"
      let tree = FlameTree([try #require(CollapsedStacks(raw: raw + "start (a.py);import (a.py) 3\n"))])
      #expect(tree.children.map(\.frames).map { $0.map(\.function) } == [["start", "main"]])
      #expect(tree.children[0].children.map(\.counts) == [[3], [97]])
      let parted = FlameTree([try #require(CollapsedStacks(raw: raw + "start (a.py);import (a.py) 30\n"))])
      #expect(parted.children[0].frames.count == 1 && parted.children[0].children.count == 2)
    }

    @Test("The server of a target without a framework is a server")
    func serverAlone() {
      let target = FrameOrigin.Target(files: [], framework: "uvicorn")
      #expect(FrameOrigin(StackFrame(function: "f", file: "uvicorn/server.py"), of: target) == .server)
    }

    @Test("Two recordings are one tree with the samples of each")
    func twoSides() throws {
      let tree = FlameTree(try ["a;b 3\na;c 1\n", "a;b 2\n"].map { try #require(CollapsedStacks(raw: $0)) })
      #expect(tree.counts == [4, 2])
      #expect(tree.children[0].children.map(\.counts) == [[3, 2], [1, 0]])
    }

    // MARK: Pictures

    @Test("A flame graph")
    func picture() throws {
      let graph = FlameGraph(title: "FastAPI <1.0> & co, json", try Self.side("fastapi", Self.raw))
      try expectGolden(graph.svg.text, "flamegraph.svg")
    }

    @Test("The difference between two versions")
    func difference() throws {
      let head = """
        \(Self.worker(20));\(Self.start);handle (fastapi/routing.py:44);show (app.py:12);dumps (json/__init__.py:183) 60
        \(Self.worker(20));\(Self.start);handle (fastapi/routing.py:44);validate (pydantic/main.py:7) 100
        \(Self.worker(20));\(Self.start);epoll_pwait (libc.so.6) 40

        """
      let graph = FlameGraph(
        title: "json: FastAPI 1.0 to 1.1", base: try Self.side("base", Self.raw), head: try Self.side("head", head))
      try expectGolden(graph.svg.text, "difference.svg")
      #expect(graph.summary.hasPrefix("By their own samples these differ most: validate (pydantic/main.py) +25.0"))
    }

    @Test("The same samples twice have no difference, and twice as many of them neither")
    func same() throws {
      let double = CollapsedStacks(try #require(CollapsedStacks(raw: Self.raw)).counts.mapValues { $0 * 2 })
      let graph = FlameGraph(
        title: "x", base: try Self.side("base", Self.raw),
        head: FlameGraph.Side(name: "head", stacks: double, target: Self.target))
      #expect(graph.summary == "No function has a share of its own that differs beyond chance.")
      #expect(graph.svg.text.matches(of: /<g>.*class="(more|less)/).isEmpty)
    }

    @Test("Names are cut at their right, and what is too narrow for one has none")
    func names() throws {
      let long = String(repeating: "long_name_", count: 40)
      let raw = "start (a/a.py);\(long) (a/a.py) 900\nstart (a/a.py);tiny (a/a.py) 1\nstart (a/a.py);no (a/a.py) 99\n"
      let text = FlameGraph(title: "x", try Self.side("x", raw)).svg.text
      let shown = text.matches(of: /<text class="name"[^>]*>([^<]*)</).map { String($0.1) }
      #expect(shown.contains { $0.hasPrefix("long_name_long_name_") && $0.hasSuffix("…") })
      #expect(!shown.contains("tiny") && text.contains("tiny (a/a.py)\n1 sample,"))
    }

    @Test("Nothing recorded is said, and drawn as nothing")
    func empty() throws {
      let graph = FlameGraph(title: "x", try Self.side("x", ""))
      #expect(graph.summary == "No samples were taken.")
      #expect(!graph.svg.text.contains("<g>"))
    }
  }
}
