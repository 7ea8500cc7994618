import Foundation
import Reports
import Results

extension ResultsDirectory {
  /// Writes `trend.html` and `trend.md`, and returns the path of the first.
  public func write(_ trend: RunTrend) throws -> String {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let (markdown, page) = (try ResultFile(path: path + "/trend.md"), try ResultFile(path: path + "/trend.html"))
    try markdown.write(TrendMarkdown.text(trend))
    try page.write(TrendPage.text(trend))
    return path + "/trend.html"
  }
}
