import BenchSupport
import BenchTesting
import Stack
import Testing

extension Exclusive.BenchSupportTests {
  /// How a run ends that somebody ends. `make interrupts` tries it with the stack, at random moments, and more often.
  @Suite struct InterruptTests {
    @Test("Whatever ends first, make, swift test or the tests, all below ends with it, and the run says what ended it")
    func interrupts() throws {
      let run = try ProgramRun(
        ["4", "319"], program: Checkout.find().path + "/Tests/Interrupts/interrupts.py",
        environment: ["INTERRUPTS_SHORT": "1"])
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      #expect(run.output.contains("4 interrupts, seed 319: 0 failed"), "\(run.output)\(run.errors)")
    }
  }
}
