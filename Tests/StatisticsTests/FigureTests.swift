import Statistics
import Testing

@Suite struct FigureTests {
  @Test(arguments: [
    (0.0, "0"), (12_345.6, "12,300"), (1_234_567, "1,230,000"), (999.6, "1,000"), (99.96, "100"), (12.345, "12.3"),
    (1.0, "1.00"), (0.012345, "0.0123"), (-1_234.5, "-1,230"),
  ])
  func `three significant digits, thousands apart`(value: Double, expected: String) {
    #expect(Figure.significant(value) == expected)
  }

  @Test(arguments: [
    (0.0, "0"), (12_345.678, "12345.7"), (1_234_567.8, "1234570"), (0.000_012_345_67, "0.0000123457"), (2.5, "2.5"),
    (100.0, "100"), (-3.25, "-3.25"),
  ])
  func `six significant digits for programs`(value: Double, expected: String) {
    #expect(Figure.plain(value) == expected)
  }

  @Test func `what is missing is not zero`() {
    #expect(Figure.significant(nil) == "–" && Figure.count(nil) == "–" && Figure.ratio(nil) == "–")
    #expect(Figure.plain(nil) == "" && Figure.plain(.nan) == "" && Figure.plain(.infinity) == "")
  }

  @Test func `margins in percent`() {
    #expect(Figure.percentAbove(1.0823) == "8.2 %")
    #expect(Figure.percentAbove(1.4249) == "42 %")
    #expect(Figure.percentAbove(3.456) == "246 %")
  }
}
