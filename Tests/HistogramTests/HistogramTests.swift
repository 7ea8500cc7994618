import SeededRandom
import Testing

@testable import Histogram

private let hour: UInt64 = 3_600_000_000_000

private func histogram(_ values: [UInt64]) -> Histogram {
  var histogram = Histogram()
  for value in values { histogram.record(value) }
  return histogram
}

/// Values of every magnitude: the number of bits is drawn first, then the bits.
private func randomValues(_ count: Int, seed: UInt64) -> [UInt64] {
  var generator = SplitMix64(seed: seed)
  return (0..<count).map { _ in
    let magnitude = UInt64.random(in: 0...41, using: &generator)
    return min(hour, UInt64.random(in: (1 << magnitude)...(2 << magnitude) - 1, using: &generator))
  }
}

@Suite struct HistogramTests {
  @Test("an empty histogram has a count of zero and no other number")
  func empty() {
    let empty = Histogram()
    #expect(empty.isEmpty)
    #expect(empty.count == 0)
    #expect(empty.saturatedCount == 0)
    #expect(empty.minimum == nil)
    #expect(empty.maximum == nil)
    #expect(empty.mean == nil)
    #expect(empty.percentile(50) == nil)
    #expect(empty.buckets == [])
    #expect(empty.counts.capacity == 0)
  }

  @Test("values below 256 ns are kept exactly")
  func smallValues() {
    let small = histogram([0, 1, 2, 255])
    #expect(small.minimum == 0)
    #expect(small.maximum == 255)
    #expect(small.percentile(25) == 0)
    #expect(small.percentile(50) == 1)
    #expect(small.percentile(75) == 2)
    #expect(small.percentile(100) == 255)
    #expect(small.mean == 64.5)
  }

  @Test("a percentile is the value of the nearest rank, rounded up")
  func nearestRank() {
    let ten = histogram([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(ten.percentile(0) == 1)
    #expect(ten.percentile(1) == 1)
    #expect(ten.percentile(10) == 1)
    #expect(ten.percentile(10.1) == 2)
    #expect(ten.percentile(50) == 5)
    #expect(ten.percentile(90) == 9)
    #expect(ten.percentile(90.1) == 10)
    #expect(ten.percentile(100) == 10)
  }

  @Test("a percentile without an exact binary form does not slip to the next rank", arguments: [1, 3, 7, 11, 97])
  func inexactPercent(of thousands: UInt64) {
    var histogram = Histogram()
    histogram.record(1, count: 999 * thousands)
    histogram.record(2, count: thousands)
    #expect(histogram.percentile(99.9) == 1)
    #expect(histogram.percentile(99.91) == 2)
  }

  @Test("the mean is exact")
  func moments() {
    #expect(histogram([1_000_001, 1_000_002, 2_000_006]).mean == 1_333_336.3333333333)
  }

  @Test("an hour is kept, more than an hour is counted as an hour and as saturated")
  func saturation() {
    var histogram = histogram([hour])
    #expect(histogram.saturatedCount == 0)
    #expect(histogram.maximum == 3_600_000_000_000)
    histogram.record(hour + 1)
    histogram.record(.max)
    histogram.record(.max, count: 3)
    #expect(histogram.count == 6)
    #expect(histogram.saturatedCount == 5)
    #expect(histogram.maximum == 3_600_000_000_000)
    #expect(histogram.percentile(100) == 3_600_000_000_000)
    #expect(histogram.mean == 3_600_000_000_000)
  }

  @Test("a percentile of any value is at most 1 % above it, and not below")
  func relativeError() throws {
    for value in randomValues(20_000, seed: 1) + [0, 1, 127, 128, 255, 256, 257, 511, 512, hour - 1, hour] {
      var alone = Histogram()
      alone.record(value)
      alone.record(hour)
      let reported = try #require(alone.percentile(50))
      guard reported >= value, Double(reported - value) <= 0.01 * Double(value) else {
        Issue.record("\(value) is reported as \(reported)")
        return
      }
    }
  }

  @Test("every bucket begins where the one before it ends")
  func contiguousBuckets() {
    for index in 1..<Histogram.bucketLimit {
      let values = Histogram.values(ofBucket: index)
      let before = Histogram.values(ofBucket: index - 1)
      guard values.lowerBound == before.upperBound + 1, Histogram.bucketIndex(of: values.lowerBound) == index,
        Histogram.bucketIndex(of: values.upperBound) == index
      else {
        Issue.record("bucket \(index) holds \(values), the one before it \(before)")
        return
      }
    }
    #expect(Histogram.bucketIndex(of: hour) < Histogram.bucketLimit)
  }

  @Test("percentiles agree with a sorted array to within 1 %", arguments: [1, 2, 10, 999, 1_000, 50_000])
  func sortedArray(size: Int) throws {
    let values = randomValues(size, seed: UInt64(size))
    let sorted = values.sorted()
    let histogram = histogram(values)
    for permille in 1...1_000 {
      let rank = (size * permille + 999) / 1_000
      let expected = sorted[rank - 1]
      let reported = try #require(histogram.percentile(Double(permille) / 10))
      #expect(reported >= expected && Double(reported - expected) <= 0.01 * Double(expected))
    }
    #expect(histogram.minimum == sorted.first)
    #expect(histogram.maximum == sorted.last)
  }

  @Test("merged histograms equal one that recorded everything")
  func merge() {
    let left = randomValues(1_000, seed: 3) + [.max]
    let right = randomValues(1_000, seed: 4) + [.max, .max]
    let together = histogram(left + right)
    var merged = histogram(left)
    merged.merge(histogram(right))
    #expect(merged == together)
    #expect(merged.saturatedCount == 3)

    var small = histogram([5])
    small.merge(histogram([hour]))
    #expect(small == histogram([hour, 5]))
    small.merge(Histogram())
    #expect(small == histogram([hour, 5]))
    var fresh = Histogram()
    fresh.merge(histogram([7]))
    #expect(fresh == histogram([7]))
  }

  @Test("a count records the value that many times, and zero times changes nothing")
  func multipleCount() {
    var counted = Histogram()
    counted.record(1_000_000, count: 3)
    counted.record(9, count: 0)
    #expect(counted == histogram([1_000_000, 1_000_000, 1_000_000]))
  }

  @Test("buckets name the range and the number of their values")
  func buckets() {
    #expect(
      histogram([3, 3, 300, 1_000]).buckets == [
        HistogramBucket(values: 3...3, count: 2),
        HistogramBucket(values: 300...301, count: 1),
        HistogramBucket(values: 1_000...1_003, count: 1),
      ])
  }

  @Test("memory grows with the largest value and ends at 36 KiB")
  func boundedMemory() {
    #expect(histogram([255]).counts.count == 256)
    #expect(histogram([1_000_000]).counts.count == 14 * 128)
    #expect(histogram(randomValues(1_000, seed: 5) + [.max]).counts.count == 4_608)
  }
}
