import Results
import Statistics

/// Where the frameworks of a run and their applications are to be read, and the files that lie beside the page.
///
/// A link stands only where the address is known, from the framework's own folder or from the checkout; nothing is guessed.
enum RunLinks {
  static func section(_ run: RunSummary) -> Block {
    let isKnown = run.manifest.frameworks.contains { $0.homepage != nil || $0.application != nil }
    let blocks =
      [.heading(2, "Sources and files")] + (isKnown ? [.table(table(run))] : [])
      + [Block.only(.page, [.paragraph(files(run))])]
    return .section(id: "sources", isKnown ? blocks : [.only(.page, blocks)])
  }

  private static func table(_ run: RunSummary) -> Table {
    Table(
      "Sources", "Where each framework is at home, and the application that was measured.",
      [.left("Framework"), .left("Version"), .left("Home page"), .wrapped("Application")],
      run.manifest.frameworks.map { framework in
        [
          .framework(framework, run), Words(framework.version),
          framework.homepage.map(homepage) ?? Words(Figure.missing),
          application(framework, run.manifest.environment),
        ]
      })
  }

  /// A link only where it is the address of a page; what it is not, is shown as text.
  static func homepage(_ address: String) -> Words {
    if address.isEmpty { return Words(Figure.missing) }
    guard address.wholeMatch(of: /https?:\/\/[A-Za-z0-9.\-]+(:[0-9]+)?(\/[A-Za-z0-9._~\/\-]*)?/) != nil else {
      return Words(address)
    }
    let name = address.drop { $0 != "/" }.drop { $0 == "/" }
    return .link(to: address, String(name.hasSuffix("/") ? name.dropLast() : name))
  }

  /// Its folder, with the commit: as a link where the checkout's repository has a page and that commit.
  static func application(_ framework: Manifest.FrameworkEntry, _ environment: Manifest.Environment) -> Words {
    guard let path = framework.application else { return Words(Figure.missing) }
    let page = environment.repository.flatMap { RepositoryPage(remote: $0) }
    let address = environment.commit.flatMap { page?.folder(path, at: $0) }
    let place = address.map { Words.link(to: $0, path) } ?? Words(path)
    let isChanged = environment.revision?.hasSuffix("-dirty") == true
    let state = environment.revision.map {
      " at \($0.replacing("-dirty", with: ""))\(isChanged ? ", with changes that are in no commit" : "")"
    }
    return place + Words(state ?? "")
  }

  private static func files(_ run: RunSummary) -> Words {
    let behaviour = run.manifest.behaviour
    let table = behaviour.map { "\($0.command).csv" } ?? "results.csv"
    return Words("Beside this page are its figures, as ") + .link(to: table, "CSV") + Words(" and ")
      + .link(to: "results.json", "JSON") + Words(", \(behaviour == nil ? "" : "and ")the ")
      + .link(to: "manifest.json", "manifest")
      + (behaviour == nil
        ? Words(" of the run, and every round as JSON in ") + .code("raw/") + Words(".") : Words(" of the run."))
  }
}
