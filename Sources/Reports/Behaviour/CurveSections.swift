import Results

/// What a report says of a load curve.
enum CurveSections {
  static func blocks(_ run: RunSummary) -> [Block] { [] }
  static func sentences(_ run: RunSummary) -> [String] { [] }
  static func missing(_ run: RunSummary) -> [String] { [] }
}
