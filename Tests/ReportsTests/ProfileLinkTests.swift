import Reports
import SyntheticResults
import Testing

@Suite struct ProfileLinkTests {
  @Test("A report links the profiles in the run's folder, and says nothing where there are none")
  func links() {
    var run = SyntheticRun.ofEverything.summary
    #expect(!HTMLReport.text(run).contains("id=\"profiles\""))
    #expect(!MarkdownReport.text(run).contains("## Profiles"))
    run.profiles = ["alpha_json.svg", "pg_stats.txt"]
    #expect(HTMLReport.text(run).contains("<a href=\"flamegraphs/alpha_json.svg\">alpha_json.svg</a>"))
    #expect(MarkdownReport.text(run).contains("- [alpha\\_json.svg](flamegraphs/alpha_json.svg)\n- ["))
  }
}
