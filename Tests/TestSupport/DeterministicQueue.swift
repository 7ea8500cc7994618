import Foundation
import SeededRandom

/// A queue whose truth is known: M/D/1, requests that come by chance to one server that takes equally long for each.
package struct DeterministicQueue {
  /// In seconds.
  package var service: Double

  package init(service: Double) { self.service = service }

  /// The mean time in the system, waiting and being served.
  ///
  /// Source: Pollaczek and Khinchine, as in Kleinrock, "Queueing Systems" I (1975), section 5.6: W = ρS / 2(1 − ρ) where the
  /// service time does not vary.
  package func meanLatency(perSecond rate: Double) -> Double {
    let load = rate * service
    return service + load * service / (2 * (1 - load))
  }

  /// The probability that a request has to wait no longer than this, in seconds.
  ///
  /// Source: Erlang (1909), as in Franx, "A simple solution for the M/D/c waiting time distribution", Operations Research
  /// Letters 29 (2001): (1 − ρ) Σ exp(λ(t − kS)) (−λ(t − kS))ᵏ / k! over the whole services that fit into t. Its terms alternate,
  /// so that it is of use for some ten services; beyond, a Double cannot hold what they cancel.
  package func probability(ofWaitingAtMost time: Double, perSecond rate: Double) -> Double {
    if time < 0 { return 0 }
    var sum = 0.0
    for count in 0...Int(time / service) {
      let rest = rate * (time - Double(count) * service)
      var term = exp(rest)
      for factor in stride(from: 1, through: count, by: 1) { term *= -rest / Double(factor) }
      sum += term
    }
    return (1 - rate * service) * sum
  }

  /// The time in the system that so many percent of the requests do not exceed.
  package func latency(percentile percent: Double, perSecond rate: Double) -> Double {
    var (low, high) = (0.0, 24 * service)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if probability(ofWaitingAtMost: middle, perSecond: rate) < percent / 100 { low = middle } else { high = middle }
    }
    return (low + high) / 2 + service
  }

  /// The rate at which p99 is this, in seconds.
  package func knee(p99 limit: Double) -> Double {
    var (low, high) = (0.01 / service, 0.95 / service)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if latency(percentile: 99, perSecond: middle) < limit { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The times in the system of so many requests, one after the other, in seconds: Lindley's recursion.
  package func latencies(_ count: Int, perSecond rate: Double, seed: UInt64) -> [Double] {
    var random = SplitMix64(seed: seed)
    var wait = 0.0
    return (0..<count).map { _ in
      let latency = wait + service
      let uniform = Double((random.next() >> 11) + 1) * 0x1p-53
      wait = max(0, latency + log(uniform) / rate)
      return latency
    }
  }
}
