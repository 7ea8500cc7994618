import Foundation
import FoundationXML
import Results
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

/// What a server, a package or another generator says gets into reports. Nothing of it may do anything there.
@Suite struct HostileTextTests {
  static let hostile =
    "\u{1b}[31m\r\n::error::x\0\u{7f}\u{85}\u{9b}1m|<script>alert(1)</script>@everyone [x](http://evil) www.evil.org "
    + "`code` ```\n# a &lt; ~~b~~ a@b.org \u{202e}\u{2066}\u{2028}\u{ffff}]]>"

  static let run = {
    var run = SyntheticRun.ofEverything
    run.manifest.frameworks[0].title += hostile
    run.manifest.frameworks[0].version += hostile
    run.manifest.frameworks[0].server += hostile
    run.manifest.frameworks[0].versions[hostile] = hostile
    run.manifest.scenarios[0].summary += hostile
    run.manifest.environment.cpuModel += hostile
    run.manifest.environment.settings[hostile] = hostile
    run.manifest.environment.repository = "https://github.com/" + hostile
    for index in run.manifest.frameworks.indices {
      run.manifest.frameworks[index].homepage = ["javascript:alert(1)", "https://evil.org/" + hostile][index % 2]
      run.manifest.frameworks[index].application = hostile
    }
    run.change("db-write", "beta") { if $0.round == 3 { $0.load.failures = [hostile] } }
    run.change("db-write", "gamma") {
      $0.checks = [CheckFigure(name: hostile, passed: $0.round != 5, detail: hostile)]
    }
    run.change("ping", "alpha") { $0.warnings = [RoundWarning(.inWords(sentence: hostile))] }
    run.profiles = [hostile.replacing("/", with: "")]
    return run.summary
  }()

  private static let marks = CharacterSet(charactersIn: "\u{202a}"..."\u{202e}")
    .union(CharacterSet(charactersIn: "\u{2066}"..."\u{2069}")).union(CharacterSet(charactersIn: "\u{2028}\u{2029}"))

  /// The scalars that a terminal or a reader must not get.
  private func unsafe(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter {
      ($0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t") || Self.marks.contains($0)
    }
  }

  @Test("No report has control characters or marks of direction in it")
  func controls() {
    let texts = [
      TerminalReport.text(Self.run), TerminalReport.text(Self.run.scenarios[2], of: Self.run),
      MarkdownReport.text(Self.run), HTMLReport.text(Self.run), JUnitReport.text(Self.run), CSVReport.text(Self.run),
    ]
    #expect(texts.map(unsafe) == texts.map { _ in [] })
  }

  @Test("The terminal table has as many lines as without")
  func terminal() {
    #expect(!TerminalReport.text(Self.run).contains("\n::error"))
    #expect(!TerminalReport.text(Self.run.scenarios[2], of: Self.run).contains("\n::error"))
  }

  @Test("Markdown shows markup, links and mentions as text")
  func markdown() {
    // Without what a backslash stands before, and without the addresses of our own links.
    let text = MarkdownReport.text(Self.run).replacing(/\\./, with: "")
      .replacing(/\]\(flamegraphs\/[^)]*\)/, with: "")
    for part in ["@everyone", "<script", "](http", "://evil", "www.evil", "a@b", "\n::error", "\n# a", "&lt;", "~~b"] {
      let isThere = text.contains(part)
      #expect(!isThere, "\(part)")
    }
    #expect(
      MarkdownPage.escaped("@everyone a@b |`<x>` [x](http://evil) www.x &amp; & ~~a~~\r\nb\u{1b}")
        == #"@<!-- -->everyone a@<!-- -->b \|\`\<x\>\` \[x\](http\://evil) www\.x \&amp; & \~\~a\~\~ b\u{1b}"#
        .replacing(#"b\u{1b}"#, with: #"b\\u{1b}"#))
  }

  @Test("The cells of Markdown tables stay in their columns")
  func markdownTables() {
    var columns: Int?
    for line in MarkdownReport.text(Self.run).split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("| ") else {
        columns = nil
        continue
      }
      let found = line.replacing(#"\\"#, with: "").replacing(#"\|"#, with: "").count { $0 == "|" }
      #expect(found == columns ?? found, "\(line)")
      columns = found
    }
  }

  @Test("A page of HTML has no element and no attribute of theirs")
  func html() {
    let text = HTMLReport.text(Self.run)
    #expect(!text.contains("<script>alert") && text.contains("&lt;script&gt;alert(1)"))
    #expect(text.contains(#"\u{1b}[31m"#))
  }

  @Test("The JUnit XML is well-formed, and shows what XML forbids as escapes")
  func junit() {
    let text = JUnitReport.text(Self.run)
    #expect(XMLParser(data: Data(text.utf8)).parse())
    #expect(text.contains(#"\u{1b}[31m"#) && text.contains(#"\u{0}"#))
  }

  @Test("The CSV has a line for each cell, whatever their names are")
  func csv() {
    var run = SyntheticRun(frameworks: ["a\r\nb\u{1b},\"", "bare"])
    run.add("ping", "a\r\nb\u{1b},\"", perSecond: [1, 2, 3, 4, 5])
    let lines = CSVReport.text(run.summary).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.contains { $0.hasPrefix(#"ping,"a\r\nb\u{1b},""","#) })
  }

  @Test("The JSON is JSON, without control characters")
  func json() throws {
    let text = JSONReport.text(Self.run)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    #expect(unsafe(text) == [])
  }

  @Test("A block of code ends where it is to end")
  func code() {
    let page = MarkdownPage([.code(["a", "```", "````b\n# c"])])
    #expect(page.text == "`````\na\n```\n````b\\n# c\n`````\n")
  }
}
