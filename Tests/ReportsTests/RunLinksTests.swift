import Results
import SyntheticResults
import Testing

@testable import Reports

@Suite struct RunLinksTests {
  static let commit = String(repeating: "0123abc789", count: 4)

  private func application(
    repository: String? = "https://github.com/example/shootout", commit: String? = commit,
    revision: String? = "v1.2.0-3-g0123abc78901"
  ) -> Words {
    var run = SyntheticRun()
    run.manifest.frameworks[0].application = "docker/frameworks/alpha"
    run.manifest.environment.repository = repository
    run.manifest.environment.commit = commit
    run.manifest.environment.revision = revision
    return RunLinks.application(run.manifest.frameworks[0], run.manifest.environment)
  }

  @Test func `an application is linked at its commit`() {
    #expect(
      application().html.text
        == "<a href=\"https://github.com/example/shootout/tree/\(Self.commit)/docker/frameworks/alpha\">"
        + "docker/frameworks/alpha</a> at v1.2.0-3-g0123abc78901")
  }

  @Test func `without a repository, or where that lacks the commit, path and commit are text`() {
    #expect(application(repository: nil).html.text == "docker/frameworks/alpha at v1.2.0-3-g0123abc78901")
    #expect(application(commit: nil).html.text == "docker/frameworks/alpha at v1.2.0-3-g0123abc78901")
    #expect(application(repository: "https://git.example.org/a/b").html == application(repository: nil).html)
    #expect(application(commit: nil, revision: nil).html.text == "docker/frameworks/alpha")
  }

  @Test func `changes that are in no commit are told`() {
    #expect(
      application(repository: nil, revision: "0123abc-dirty").html.text
        == "docker/frameworks/alpha at 0123abc, with changes that are in no commit")
  }

  @Test func `an application that lies elsewhere is not there`() {
    let run = SyntheticRun()
    #expect(RunLinks.application(run.manifest.frameworks[0], run.manifest.environment).html == "–")
  }

  @Test(arguments: [
    "https://fastapi.tiangolo.com", "https://github.com/tubox-labs/Aquilia", "http://alpha.example:80/a/",
  ])
  func `a home page is linked without what all addresses begin with`(address: String) {
    let words = RunLinks.homepage(address)
    #expect(words.html.text.hasPrefix("<a href=\"\(address)\">") && !words.html.text.contains(">http"))
  }

  @Test(arguments: [
    "javascript:alert(1)", "https://a b", "https://a.org/\"onclick=\"x", "https://user@a.org", "ftp://a.org", "a.org",
    "https://a.org/x)y", "//a.org",
  ])
  func `what is no address of a page is text`(address: String) {
    let words = RunLinks.homepage(address)
    #expect(!words.html.text.contains("<a") && !words.markdown.contains("]("))
  }

  @Test func `the page leads to the files beside it, also of two versions`() {
    for page in [HTMLReport.text(SyntheticRun.ofEverything.summary), HTMLReport.text(SyntheticRun.versions().summary)] {
      for file in ["results.csv", "results.json", "manifest.json"] { #expect(page.contains("<a href=\"\(file)\">")) }
    }
  }
}
