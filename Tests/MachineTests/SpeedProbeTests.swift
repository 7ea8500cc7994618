import BenchTesting
import Foundation
import LoadEngine
import Testing

@testable import Machine

extension Exclusive.MachineTests {
  @Suite struct SpeedProbeTests {
    @Test("Speeds are averaged over processors, without the tenth at either end")
    func mean() throws {
      let steady = [UInt64](repeating: 10_000, count: 18)
      let one = try #require(SpeedProbe.time([steady + [1, 900_000]]))
      #expect(abs(one - 10_000) < 1e-6)
      // 1/10 and 1/30 per microsecond are 1/15 on average.
      let both = try #require(SpeedProbe.time([steady + [1, 900_000], [UInt64](repeating: 30_000, count: 40)]))
      #expect(abs(both - 15_000) < 1e-6)
    }

    @Test("A processor with few times, or with times that the clock did not tell, has no speed")
    func few() {
      let few = [UInt64](repeating: 10_000, count: SpeedProbe.fewestTimes - 1)
      #expect(SpeedProbe.time([few]) == nil)
      #expect(SpeedProbe.time([few + [0, 0, 0]]) == nil)
      #expect(SpeedProbe.time([]) == nil)
      let other = [UInt64](repeating: 16_384, count: SpeedProbe.fewestTimes)
      #expect(SpeedProbe.time([few, other]) == SpeedProbe.time([other]))
    }

    @Test("The probe of a processor takes its time, and ends when it is told to")
    func live() throws {
      let deadline = Instant.now() + .seconds(20)
      var time: Double?
      var microseconds: UInt32 = 50_000
      while time == nil, Instant.now() < deadline {
        let probe = SpeedProbe()
        usleep(microseconds)
        time = probe.finish()
        microseconds *= 2
      }
      let nanoseconds = try #require(time, "no processor was probed often enough in 20 s")
      // Five thousand turns of some additions, shifts and exclusive ors in eight lanes.
      #expect(nanoseconds > 500 && nanoseconds < 5_000_000)
    }

    @Test("A processor that is not there is not probed")
    func missing() {
      let probe = SpeedProbe(processors: 0)
      #expect(probe.finish() == nil)
    }
  }
}
