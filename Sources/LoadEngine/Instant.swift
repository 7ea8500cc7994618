import Glibc

/// A point on the machine's monotonic clock, in nanoseconds.
///
/// Source: `clock_gettime(CLOCK_MONOTONIC)`. Two instants of one machine can be compared, whichever
/// process read them; an instant says nothing about the time of day.
public struct Instant: Comparable, Hashable, Sendable {
  public var nanoseconds: UInt64

  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  public static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
  }

  public static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Nanoseconds from `earlier` to this instant; zero where `earlier` is the later one.
  public func nanoseconds(since earlier: Instant) -> UInt64 {
    nanoseconds > earlier.nanoseconds ? nanoseconds &- earlier.nanoseconds : 0
  }

  public static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds &+ duration.wholeNanoseconds)
  }
}

extension Duration {
  /// The duration in nanoseconds; zero for a negative one, the largest number for one that does not fit.
  public var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max : product &+ UInt64(attoseconds / 1_000_000_000)
  }

  /// To the nanosecond, and the nearest number to that: 0.3 for 300 ms.
  public var inSeconds: Double {
    let (seconds, attoseconds) = components
    let nanoseconds = (attoseconds + (attoseconds < 0 ? -500_000_000 : 500_000_000)) / 1_000_000_000
    // Beyond it the nanoseconds do not fit, and are lost in the number anyway.
    let exact = -9_000_000...9_000_000
    return exact.contains(Int(clamping: seconds))
      ? Double(seconds * 1_000_000_000 + nanoseconds) / 1e9 : Double(seconds) + Double(nanoseconds) / 1e9
  }

  /// As a person writes it: `300 ms`, `1.5 s`. Exact to a thousandth of the unit.
  public var inWords: String {
    if self < .zero { return "-" + (.zero - self).inWords }
    let nanoseconds = wholeNanoseconds
    let (unit, name): (UInt64, String) =
      switch nanoseconds {
      case 1..<1_000: (1, "ns")
      case 1_000..<1_000_000: (1_000, "µs")
      case 1_000_000..<1_000_000_000: (1_000_000, "ms")
      default: (1_000_000_000, "s")
      }
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: unit)
    var decimals = unit == 1 ? "" : String(String(1_000 + rest / (unit / 1_000)).dropFirst())
    while decimals.last == "0" { decimals.removeLast() }
    return "\(whole)\(decimals.isEmpty ? "" : "." + decimals) \(name)"
  }
}
