import Foundation
import Results
import Testing

@testable import BenchSupport

@Suite struct CallTableTests {
  private func function(_ name: String, in place: String = "/srv/app.py", by caller: String? = nil) -> CallTable.Call {
    CallTable.Call(
      function: CallTable.Function(place: place, name: name),
      caller: caller.map { CallTable.Function(place: "/srv/app.py", name: $0) })
  }

  @Test("A table is what sitecustomize.py writes, and a name that comes twice is one")
  func json() throws {
    let text = """
      [["/srv/app.py", "ping", "", "", 3, 2], ["module:builtins", "len", "/srv/app.py", "ping", 2, 0],
      ["module:builtins", "len", "/srv/app.py", "ping", 1, 0], ["module:builtins", "len", "/srv/app.py", "pong", 1, 0]]
      """
    let table = try CallTable(json: Data(text.utf8))
    var resumed = function("ping")
    resumed.isResumed = true
    #expect(
      table.calls == [
        function("ping"): 3, resumed: 2, function("len", in: "module:builtins", by: "ping"): 3,
        function("len", in: "module:builtins", by: "pong"): 1,
      ])
    #expect(throws: (any Error).self) { try CallTable(json: Data(#"[["a", "b", "", "", 1]]"#.utf8)) }
  }

  @Test("What timers call is taken off by how often they went off, and what they share with exchanges comes out whole")
  func timers() {
    let idle = IdleCalls(
      perSecond: CallTable([function("tick"): 10, function("time"): 20]),
      busy: CallTable([function("tick"): 3, function("time"): 46, function("ping"): 20]), exchanges: 20)
    // 41 exchanges that took longer than the clock says, with six ticks in them.
    let called = CallTable([function("tick"): 6, function("time"): 41 * 2 + 13, function("ping"): 41])
    let figures = idle.takenOff(called, seconds: 0.1).perExchange(41, idle)
    #expect(figures == [function("time"): 2, function("ping"): 1])
  }

  @Test("What an exchange waits for is its own timer, though the server's timers call the same")
  func ownTimers() {
    let idle = IdleCalls(
      quiet: [
        CallTable([function("tick"): 10, function("wake"): 11]),
        CallTable([function("tick"): 10, function("wake"): 10]),
      ],
      busy: CallTable([function("tick"): 3, function("wake"): 3]), exchanges: 20)
    // Eight exchanges in half a second, each of which waits once.
    let called = CallTable([function("tick"): 5, function("wake"): 5 + 8, function("post"): 8])
    #expect(idle.takenOff(called, seconds: 0.5).perExchange(8, idle) == [function("wake"): 1, function("post"): 1])
  }

  @Test("What is called in one quiet second and not in the next is the rest of an exchange, and no timer")
  func rests() {
    let idle = IdleCalls(
      quiet: [
        CallTable([function("tick"): 10, function("lost"): 1, function("set"): 1]),
        CallTable([function("tick"): 11]),
      ],
      busy: CallTable([function("lost"): 1, function("set"): 40]), exchanges: 20)
    let called = CallTable([function("tick"): 20, function("lost"): 2, function("set"): 54])
    #expect(
      idle.takenOff(called, seconds: 2).perExchange(1, idle) == [function("lost"): 2, function("set"): 54])
  }

  @Test("Without timers nothing is taken off, and what is no whole number stays so")
  func noTimers() {
    let idle = IdleCalls(perSecond: CallTable(), busy: CallTable(), exchanges: 20)
    let called = CallTable([function("read"): 25, function("rare"): 0.04])
    #expect(idle.takenOff(called, seconds: 1).perExchange(10, idle) == [function("read"): 2.5])
  }

  @Test(
    "A name says nothing of where a package is installed",
    arguments: [
      (
        "/a/.build/venvs/fastapi-12/lib/python3.11/site-packages/starlette/routing.py", "Route.matches",
        "starlette", "starlette.routing.Route.matches"
      ),
      ("/opt/lib/python3.12/site-packages/h11/__init__.py", "f", "h11", "h11.f"),
      ("/opt/lib/python3.12/site-packages/typing_extensions.py", "f", "typing_extensions", "typing_extensions.f"),
      ("/usr/lib/python3.11/asyncio/events.py", "Handle._run", "Python", "asyncio.events.Handle._run"),
      ("<frozen importlib._bootstrap>", "_find", "Python", "importlib._bootstrap._find"),
      ("/srv/docker/frameworks/fastapi/serve.py", "ping", "application", "serve.ping"),
      ("/srv/docker/frameworks/fastapi/modules/a/b.py", "ping", "application", "modules.a.b.ping"),
      ("module:builtins", "len", "builtins", "len"), ("module:time", "time", "builtins", "time.time"),
      ("/elsewhere/page.html", "root", "application", "page.html.root"),
      ("<string>", "__init__", "application", "<string>.__init__"),
    ])
  func names(place: String, name: String, package: String, whole: String) {
    let function = CallTable.Function(place: place, name: name)
    #expect(
      FunctionCalls(
        CallTable.Call(function: function, caller: function), calls: 1, sources: ["/srv/docker/frameworks/fastapi"])
        == FunctionCalls(package: package, name: whole, calls: 1, callers: [whole: 1]))
  }

  @Test("Functions of one name are one, the most frequent comes first, and batches that differ say by how much")
  func batches() {
    func calls(_ package: String, _ calls: Double, by caller: String? = nil) -> FunctionCalls {
      FunctionCalls(package: package, name: "\(package).f", calls: calls, callers: caller.map { [$0: calls] })
    }
    let functions = [FunctionCalls](batches: [
      [calls("b", 1, by: "one"), calls("a", 1), calls("b", 2, by: "two")],
      [calls("b", 5, by: "one"), calls("a", 1), calls("c", 1)],
    ])
    #expect(
      functions == [
        FunctionCalls(package: "b", name: "b.f", calls: 4, spread: 2, callers: ["one": 3, "two": 1]), calls("a", 1),
        FunctionCalls(package: "c", name: "c.f", calls: 0.5, spread: 1),
      ])
  }
}

@Suite struct CountConditionsTests {
  @Test("The processor is what valgrind shows of it: nothing above AVX2 makes a difference")
  func processor() {
    let third: Set = ["lm", "cx16", "ssse3", "sse4_2", "popcnt", "avx", "avx2", "bmi1", "bmi2", "fma", "movbe"]
    #expect(CountConditions.level(ofFlags: third) == "x86-64-v3")
    #expect(CountConditions.level(ofFlags: third.union(["avx512f"])) == "x86-64-v3")
    #expect(CountConditions.level(ofFlags: third.subtracting(["avx2"])) == "x86-64-v2 with AVX")
    #expect(CountConditions.level(ofFlags: third.subtracting(["avx2", "avx"])) == "x86-64-v2")
    #expect(CountConditions.level(ofFlags: ["lm"]) == "x86-64-v1")
    #expect(CountConditions.level(ofFlags: []) == "any")
  }

  @Test("What Python does not say is unknown")
  func answer() {
    let conditions = CountConditions(
      answer: ["3.11.7 (main) [GCC 12.2.0]", "glibc 2.36"], processor: "any", valgrind: nil, deployment: "process",
      packages: [:])
    #expect(conditions.cLibrary == "glibc 2.36" && conditions.architecture == "unknown")
    #expect(conditions.allocator == nil)
  }
}
