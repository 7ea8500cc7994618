import Foundation

/// The list of the profiles that lie beside a report; nothing at all where there are none.
package enum ProfileLinks {
  private static let folder = "flamegraphs"
  private static let note =
    "Recorded with make profile, apart from the rounds. The figures of a server that is traced are no results."

  package static func html(_ run: RunSummary) -> Markup {
    guard !run.profiles.isEmpty else { return "" }
    let items = run.profiles.map { "<li>\(link(to: $0, $0))</li>\n" as Markup }
    return """
      <section id="profiles">
      <h2>Profiles</h2>
      <p>\(note)</p>
      <ul>
      \(items)</ul></section>

      """
  }

  /// A link to one of them from the page beside it.
  package static func link(to file: String, _ words: String) -> Markup {
    "<a href=\"\(path(of: file))\">\(words)</a>"
  }

  /// Relative to the report. What may mean something in an address or in Markdown is percent-encoded.
  private static func path(of file: String) -> String {
    let ascii = CharacterSet(charactersIn: "!"..."~")
    let plain = CharacterSet.alphanumerics.intersection(ascii).union(CharacterSet(charactersIn: "-._~"))
    return folder + "/" + (file.addingPercentEncoding(withAllowedCharacters: plain) ?? file)
  }

  package static func add(_ run: RunSummary, to page: inout MarkdownPage) {
    guard !run.profiles.isEmpty else { return }
    page.heading(2, "Profiles")
    page.paragraph(note)
    let items = run.profiles.map { "- [\(MarkdownPage.escaped($0))](\(path(of: $0)))" }
    page.paragraph(items.joined(separator: "\n"), escaped: true)
  }
}
