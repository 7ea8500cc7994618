import Results

/// What a report says of a soak.
enum SoakSections {
  static func blocks(_ run: RunSummary) -> [Block] { [] }
  static func sentences(_ run: RunSummary) -> [String] { [] }
  static func findings(_ run: RunSummary) -> [String] { [] }
  static func missing(_ run: RunSummary) -> [String] { [] }
}
