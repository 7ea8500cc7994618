import Foundation
import Reports
import Results

extension RunDirectory {
  /// What the attachments say, without writing anything.
  func summary() throws -> RunSummary {
    let collected = try collect()
    guard let run = RunSummary(collected, profiles: profiles) else {
      throw RunDirectoryError.noManifest(path: path, problems: collected.problems)
    }
    return run
  }

  /// Makes all reports anew from the attachments and returns what they say. They link the profiles that are there.
  ///
  /// Each file is replaced in one step, so that a reader never sees half of one. The attachments are not touched.
  func writeReports() throws -> RunSummary {
    let collected = try collect()
    guard let run = RunSummary(collected, profiles: profiles) else {
      throw RunDirectoryError.noManifest(path: path, problems: collected.problems)
    }
    try writeRaw(collected)
    for (name, text) in [
      ("results.csv", CSVReport.text(run)), ("results.json", JSONReport.text(run)),
      ("final_report.md", MarkdownReport.text(run)), ("report.html", HTMLReport.text(run)),
      ("junit.xml", JUnitReport.text(run)), ("overview.svg", OverviewPicture.svg(run)),
      ("faults.csv", BehaviourCSV.faults(run)), ("soak.csv", SoakCSV.text(run)),
      ("curve.csv", CurveCSV.text(run)),
    ] as [(String, String?)] {
      if let text { try replace(name, with: Data(text.utf8)) }
    }
    return run
  }
}

extension ResultsDirectory {
  /// Writes `trend.html` and `trend.md`, and returns the path of the first.
  func write(_ trend: RunTrend) throws -> String {
    try FileSystem.makeFolder(path)
    let (markdown, page) = (try ResultFile(path: path + "/trend.md"), try ResultFile(path: path + "/trend.html"))
    try markdown.write(TrendMarkdown.text(trend))
    try page.write(TrendPage.text(trend))
    return path + "/trend.html"
  }
}
