import BenchTesting
import Foundation
import SyntheticResults
import TestSupport
import Testing

@testable import BenchSupport

/// What `docker/counting/sitecustomize.py` counts in a Python process.
@Suite struct CallsOfPythonTests {
  /// Awaits a coroutine that waits three times and one that never does, a generator of four values, and a sum of five.
  private static let program = """
    import asyncio, os, signal

    async def waits(times):
        for _ in range(times):
            await asyncio.sleep(0)

    async def never():
        return ord("a")

    async def values():
        for value in range(4):
            yield value

    async def exchange():
        await waits(3)
        await never()
        async for value in values():
            pass
        return sum(value for value in range(5))

    async def main():
        # A test's thread holds signals back, and what it starts inherits that.
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.kill(os.getpid(), signal.SIGUSR2)
        await asyncio.sleep(0)
        await exchange()
        await exchange()
        os.kill(os.getpid(), signal.SIGUSR2)
        await asyncio.sleep(0)
        print(os.getpid())

    asyncio.run(main())
    """

  @Test("What is awaited is called once, by what awaits it, and goes on as often as it waited")
  func resumptions() throws {
    try inTemporaryFolder { folder in
      let counting = SourceFiles.checkout.path + "/docker/counting"
      let run = try ProgramRun(
        ["python3", "-c", Self.program], program: "/usr/bin/env",
        environment: ["PYTHONPATH": counting, "PYTHONDONTWRITEBYTECODE": "1", "COUNT_CALLS_IN": folder])
      try #require(run.status == 0, "\(run.errors)")
      let process = run.output.trimmingCharacters(in: .whitespacesAndNewlines)
      let file = URL(fileURLWithPath: "\(folder)/calls-\(process)")
      let table = try CallTable(json: Data(contentsOf: file))
      func calls(_ name: String, isResumed: Bool) -> Double {
        table.calls.filter { call, _ in
          call.function.place == "<string>" && call.function.name.hasSuffix(name) && call.isResumed == isResumed
        }.values.reduce(0, +)
      }
      let names = ["exchange", "waits", "never", "values", "<genexpr>"]
      #expect(names.map { calls($0, isResumed: false) } == [2, 2, 2, 2, 2])
      #expect(names.map { calls($0, isResumed: true) } == [6, 6, 0, 8, 10])
      func call(_ name: String, in place: String = "<string>", by caller: String) -> Double {
        table[
          CallTable.Call(
            function: CallTable.Function(place: place, name: name),
            caller: CallTable.Function(place: "<string>", name: caller))]
      }
      #expect(call("ord", in: "module:builtins", by: "never") == 2)
      #expect(["waits", "never", "values"].map { call($0, by: "exchange") } == [2, 2, 2])
      #expect(call("exchange", by: "main") == 2)
    }
  }
}
