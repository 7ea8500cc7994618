/// Counts of durations from 1 ns to one hour, each kept to within 1 % of its value.
///
/// Values are nanoseconds. Below 256 ns every value has its own bucket; above, each doubling of the value is
/// split into 128 buckets of equal width, so a bucket is never wider than 1/128 (0.79 %) of the values in it.
/// Memory: nothing while empty, then 1 KiB per doubling up to the largest value seen, at most 36 KiB.
/// The layout is HdrHistogram's for two significant digits, so that ``compressedV2()`` is read by its tools.
///
/// Recording allocates only when a value is larger than all before it, at most 36 times in all.
public struct Histogram: Sendable, Equatable {
  /// The largest duration kept apart: one hour. Longer ones are counted as one hour, and as ``saturatedCount``.
  public static let largestTrackable: UInt64 = 3_600_000_000_000

  /// How many values were recorded, saturated ones included.
  public internal(set) var count: UInt64 = 0
  /// How many of the values were above ``largestTrackable`` and are counted as that.
  public internal(set) var saturatedCount: UInt64 = 0

  /// Counts by bucket index, as long as the largest value needs, in whole groups of 128 buckets.
  var counts: [UInt64] = []
  var smallest: UInt64 = .max
  var largest: UInt64 = 0
  /// The sum of the values as recorded (clamped), so that the mean is exact.
  var total: UInt128 = 0

  public init() {}

  /// Counts one duration. Takes a few nanoseconds and does not allocate once the range has been seen.
  public mutating func record(_ nanoseconds: UInt64) {
    var value = nanoseconds
    if value > Self.largestTrackable {
      value = Self.largestTrackable
      saturatedCount &+= 1
    }
    let index = Self.bucketIndex(of: value)
    if index >= counts.count { makeRoom(for: index) }
    counts[index] &+= 1
    count &+= 1
    total &+= UInt128(value)
    if value < smallest { smallest = value }
    if value > largest { largest = value }
  }

  /// Counts the same duration `count` times; zero times changes nothing.
  public mutating func record(_ nanoseconds: UInt64, count times: UInt64) {
    guard times > 0 else { return }
    let value = min(nanoseconds, Self.largestTrackable)
    if value < nanoseconds { saturatedCount += times }
    let index = Self.bucketIndex(of: value)
    if index >= counts.count { makeRoom(for: index) }
    counts[index] += times
    count += times
    total += UInt128(value) * UInt128(times)
    smallest = min(smallest, value)
    largest = max(largest, value)
  }

  /// Adds all values of `other`: afterwards this histogram equals one that recorded both sets of values.
  public mutating func merge(_ other: Histogram) {
    guard !other.isEmpty else { return }
    if other.counts.count > counts.count { makeRoom(for: other.counts.count - 1) }
    for index in other.counts.indices { counts[index] += other.counts[index] }
    count += other.count
    saturatedCount += other.saturatedCount
    total += other.total
    smallest = min(smallest, other.smallest)
    largest = max(largest, other.largest)
  }

  @inline(never)
  private mutating func makeRoom(for index: Int) {
    let needed = (index / Self.bucketsPerGroup + 1) * Self.bucketsPerGroup
    var roomier = [UInt64]()
    roomier.reserveCapacity(needed)
    roomier.append(contentsOf: counts)
    roomier.append(contentsOf: repeatElement(0, count: needed - counts.count))
    counts = roomier
  }
}

// MARK: - Layout

extension Histogram {
  /// Half of the 256 sub-buckets that two significant digits need: the power of two above 2 × 10².
  static let bucketsPerGroup = 128
  /// The number of buckets that values up to ``largestTrackable`` can fall into, in whole groups.
  static let bucketLimit = 36 * bucketsPerGroup

  /// Values below 256 are their own index; above, the eight leading bits select the bucket in its doubling.
  @inline(__always)
  static func bucketIndex(of value: UInt64) -> Int {
    let shift = 56 &- (value | 255).leadingZeroBitCount
    return shift &* 128 &+ Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: shift))
  }

  /// The values that are counted in one bucket, in nanoseconds.
  static func values(ofBucket index: Int) -> ClosedRange<UInt64> {
    guard index >= 2 * bucketsPerGroup else { return UInt64(index)...UInt64(index) }
    let shift = UInt64(index / bucketsPerGroup - 1)
    let lowest = UInt64(index % bucketsPerGroup + bucketsPerGroup) << shift
    return lowest...(lowest + (1 << shift) - 1)
  }
}
