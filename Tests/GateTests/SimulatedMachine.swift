import Foundation
import SeededRandom

/// A machine that is as unkind to a gate as a shared one: it drifts, remembers, jumps, and no two runs on it are alike.
///
/// All deviations are logarithms. The defaults are no fit; they are of the size of what quick runs on shared
/// two-core machines show.
struct SimulatedMachine {
  /// Of one target in one round; a metric scales it.
  var noise = 0.02
  /// Of the noise from one round to the next.
  var autocorrelation = 0.2
  /// One step of the walk that the speed of the whole machine takes from round to round.
  var drift = 0.1
  /// How often a round of one target is hit, and how hard.
  var outliers = (share: 0.02, size: 0.15)
  /// How often a disturbance of one target begins in a round, how many rounds it lasts, and how hard it hits.
  var episodes = (share: 0.0005, rounds: 6, size: 0.3)
  /// Of the speed of the machine from one window to the next, and of the error of the probe that tells it.
  var windowSpeed = (deviation: 0.0, probeError: 0.02)
  var isProbed = true
  /// Of the shift of one target in one run.
  var runToRun = 0.005

  private var random: SplitMix64
  private var spare: Double?

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// The shift that a target keeps while a run lasts.
  mutating func shift() -> Double { runToRun * normal() }

  /// One target's state in a run.
  struct Target {
    var shift: Double
    var noise = 0.0
    var episodeLeft = 0
  }

  /// A disturbance may be on when the run begins.
  mutating func target() -> Target {
    let disturbed = uniform() < episodes.share * Double(episodes.rounds)
    return Target(shift: shift(), episodeLeft: disturbed ? 1 + random.next(below: episodes.rounds) : 0)
  }

  /// How much slower than usual a target is in its next round: the common drift left out.
  mutating func slowness(_ target: inout Target) -> Double {
    let fresh = (1 - autocorrelation * autocorrelation).squareRoot() * noise * normal()
    target.noise = autocorrelation * target.noise + fresh
    var slowness = target.shift + target.noise
    if uniform() < outliers.share { slowness += outliers.size * uniform() * 2 }
    if target.episodeLeft > 0 {
      target.episodeLeft -= 1
      slowness += episodes.size
    } else if uniform() < episodes.share {
      target.episodeLeft = episodes.rounds
    }
    return slowness
  }

  mutating func driftStep() -> Double { drift * normal() }

  /// How fast the machine is in one window, and what the probe says of it; nil where it says nothing.
  mutating func window() -> (speed: Double, probed: Double?) {
    guard windowSpeed.deviation > 0 else { return (0, nil) }
    let speed = windowSpeed.deviation * normal()
    let probed = speed + windowSpeed.probeError * normal()
    return (speed, isProbed ? probed : nil)
  }

  private mutating func uniform() -> Double { (Double(random.next() >> 11) + 0.5) * 0x1p-53 }

  /// Source: Box and Muller, "A note on the generation of random normal deviates", Ann. Math. Statist. 29 (1958).
  private mutating func normal() -> Double {
    if let kept = spare {
      spare = nil
      return kept
    }
    let radius = (-2 * log(uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
