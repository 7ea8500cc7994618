import SeededRandom
import Testing

@testable import Histogram

private func sample() -> Histogram {
  var histogram = Histogram()
  histogram.record(0)
  histogram.record(1_000, count: 3)
  histogram.record(250_000, count: 70)
  histogram.record(1_000_000, count: 9_000)
  histogram.record(1_300_000, count: 900)
  histogram.record(20_000_000, count: 90)
  histogram.record(3_600_000_000_000, count: 2)
  return histogram
}

/// `sample()` as written here and read back by the Python package hdrhistogram 0.10.8, whose counts and percentiles
/// are the ones expected below.
private let golden =
  "HISTFAAAAEp4AQE/AMD/HISTEwAAABcAAAAAAAAAAgAAAAAAAAABAAADRjC4oAA/8AAAAAAAAALxBwbxD4wB/QPQjAFRiA7xB7QB7yIEHgEM9A=="

/// The same values as recorded and written by hdrhistogram 0.10.8, which compresses.
private let deflated = "HISTFAAAADl4nJNpmSzMwMAgzgABTFCakYGB2c1gxwIG+w9QiY/sbB/5exj/Ml/oYQzs4PvIvoXxvRILAB4BDPQ="

private func outcome(_ bytes: [UInt8]) -> HistogramFormatError? {
  do {
    _ = try Histogram(compressedV2: bytes)
    return nil
  } catch {
    return error
  }
}

/// A compressed V2 histogram around a given inner part; the checksum is that of the inner part.
private func wrapped(_ inner: [UInt8]) -> [UInt8] {
  let stream = ZlibStored.encode(inner)
  return [0x1c, 0x84, 0x93, 0x14, 0, 0, UInt8(stream.count >> 8), UInt8(stream.count & 0xff)] + stream
}

private func inner(
  cookie: UInt8 = 0x13, offset: UInt8 = 0, digits: UInt8 = 2, lowest: UInt8 = 1, ratio: UInt8 = 0x3f, counts: [UInt8]
) -> [UInt8] {
  [0x1c, 0x84, 0x93, cookie, 0, 0, 0, UInt8(counts.count), 0, 0, 0, offset, 0, 0, 0, digits]
    + [0, 0, 0, 0, 0, 0, 0, lowest, 0, 0, 3, 70, 48, 184, 160, 0, ratio, 0xf0, 0, 0, 0, 0, 0, 0] + counts
}

@Suite struct HistogramFormatTests {
  @Test("writes what HdrHistogram's tools read")
  func writesGolden() {
    #expect(sample().base64V2() == golden)
  }

  @Test("reads its own text with every count in place")
  func readsGolden() throws {
    let histogram = try Histogram(base64V2: golden)
    #expect(
      histogram.buckets == [
        HistogramBucket(values: 0...0, count: 1),
        HistogramBucket(values: 1_000...1_003, count: 3),
        HistogramBucket(values: 249_856...250_879, count: 70),
        HistogramBucket(values: 999_424...1_003_519, count: 9_000),
        HistogramBucket(values: 1_294_336...1_302_527, count: 900),
        HistogramBucket(values: 19_922_944...20_054_015, count: 90),
        HistogramBucket(values: 3_590_592_659_456...3_607_772_528_639, count: 2),
      ])
    #expect(histogram.count == 10_066)
    #expect(histogram.percentile(50) == 1_003_519)
    #expect(histogram.percentile(95) == 1_302_527)
    #expect(histogram.percentile(99) == 1_302_527)
    #expect(histogram.percentile(99.9) == 20_054_015)
    #expect(histogram.maximum == 3_600_000_000_000)
  }

  @Test("a histogram that was read writes the same bytes again, and merges like its original")
  func roundTrip() throws {
    let again = try Histogram(compressedV2: sample().compressedV2())
    #expect(again.compressedV2() == sample().compressedV2())
    var merged = again
    merged.merge(sample())
    #expect(merged.count == 20_132)
    #expect(merged.percentile(99.9) == 20_054_015)
    #expect(again.minimum == 0)
    #expect(again.saturatedCount == 0)
  }

  @Test("the fullest histogram is written and read within its bound")
  func fullest() throws {
    var histogram = Histogram()
    for index in 0...Histogram.bucketIndex(of: Histogram.largestTrackable) {
      histogram.record(Histogram.values(ofBucket: index).lowerBound, count: 1 << 40)
    }
    let bytes = histogram.compressedV2()
    #expect(bytes.count == 27_431)
    #expect(try Histogram(compressedV2: bytes).buckets == histogram.buckets)
  }

  @Test("counts of every length survive the journey", arguments: (0..<54).map { UInt64(1) << $0 })
  func countLengths(count: UInt64) throws {
    var histogram = Histogram()
    histogram.record(1_000, count: count)
    #expect(try Histogram(compressedV2: histogram.compressedV2()).buckets == histogram.buckets)
  }

  @Test("an empty histogram is written and read")
  func empty() throws {
    let text = "HISTFAAAADR4AQEpANb/HISTEwAAAAEAAAAAAAAAAgAAAAAAAAABAAADRjC4oAA/8AAAAAAAAABSjARL"
    #expect(Histogram().base64V2() == text)
    #expect(try Histogram(base64V2: text) == Histogram())
  }

  @Test("a compressed stream is refused as such")
  func compressed() {
    #expect(throws: HistogramFormatError.deflated) { try Histogram(base64V2: deflated) }
  }

  @Test("text that is not base64 is refused", arguments: ["HIST!", "HISTF", "HI=TFAAA", "HISTFB==", "=", "===="])
  func notBase64(text: String) {
    #expect(throws: HistogramFormatError.notBase64) { try Histogram(base64V2: text) }
  }

  @Test("another layout is refused with what it was")
  func otherLayout() {
    let three = HistogramFormatError.otherLayout(significantDigits: 3, lowestTrackable: 1)
    let two = HistogramFormatError.otherLayout(significantDigits: 2, lowestTrackable: 1)
    let coarse = HistogramFormatError.otherLayout(significantDigits: 2, lowestTrackable: 100)
    #expect(outcome(wrapped(inner(digits: 3, counts: [2]))) == three)
    #expect(outcome(wrapped(inner(lowest: 100, counts: [2]))) == coarse)
    #expect(outcome(wrapped(inner(offset: 1, counts: [2]))) == two)
    #expect(outcome(wrapped(inner(ratio: 0x40, counts: [2]))) == two)
  }

  @Test("damage is named")
  func damage() {
    let bytes = sample().compressedV2()
    #expect(outcome([]) == .truncated(part: "cookie"))
    #expect(outcome([0, 0, 0, 7]) == .unknownCookie(7))
    #expect(outcome(bytes.dropLast()) == .truncated(part: "zlib stream"))
    #expect(outcome(bytes + [0]) == .trailingBytes(1))
    #expect(outcome(bytes.replacing(at: 9, with: 0x02)) == .notZlib)
    #expect(outcome(bytes.replacing(at: 10, with: 0x07)) == .damagedBlock)
    #expect(outcome(bytes.replacing(at: 11, with: 0x40)) == .damagedBlock)
    #expect(outcome(bytes.replacing(at: 15, with: 0x1d)) == .checksumMismatch)
    #expect(outcome(wrapped(inner(cookie: 0x14, counts: [2]))) == .unknownCookie(0x1c84_9314))
    #expect(outcome(wrapped(inner(counts: [2]) + [0])) == .trailingBytes(1))
    #expect(outcome(wrapped(inner(counts: [0x80]))) == .truncated(part: "last count"))
  }

  @Test("counts above an hour, or too many to add up, are refused")
  func bounds() {
    let thousandsOfZeros: [UInt8] = [0xa3, 0x47]  // -4562: the last bucket below an hour is number 4561
    #expect(outcome(wrapped(inner(counts: thousandsOfZeros))) == nil)
    #expect(outcome(wrapped(inner(counts: thousandsOfZeros + [2]))) == .valueAboveRange)
    let endless = [UInt8](repeating: 0xff, count: 9)  // the smallest Int64
    #expect(outcome(wrapped(inner(counts: endless))) == .valueAboveRange)
    #expect(outcome(wrapped(inner(counts: [0xfe] + endless.dropFirst()))) == .countTooLarge)
    let limit: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]  // 2⁵³
    #expect(outcome(wrapped(inner(counts: limit))) == nil)
    #expect(outcome(wrapped(inner(counts: limit + [2]))) == .countTooLarge)
    let limitBytes = HistogramFormat.payloadLimit
    #expect(outcome(wrapped([UInt8](repeating: 0, count: limitBytes + 1))) == .tooLong(limit: limitBytes))
  }

  @Test("random and damaged bytes are read or refused, and never trap")
  func fuzz() {
    var generator = SplitMix64(seed: 6)
    let original = sample().compressedV2()
    let content = inner(counts: [0x02, 0xf1, 0x07, 0x06, 0xf1, 0x0f, 0x8c, 0x01])
    for round in 0..<6_000 {
      var bytes = round % 3 == 0 ? original : content
      for _ in 0...Int.random(in: 0...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      if round % 5 == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator)) }
      if let histogram = try? Histogram(compressedV2: round % 3 == 0 ? bytes : wrapped(bytes)) {
        #expect(histogram.counts.count <= Histogram.bucketLimit)
      }
    }
  }
}

extension [UInt8] {
  fileprivate func replacing(at index: Int, with byte: UInt8) -> [UInt8] {
    var copy = self
    copy[index] = byte
    return copy
  }
}
