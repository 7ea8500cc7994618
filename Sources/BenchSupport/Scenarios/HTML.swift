extension Scenario {
  public static let html = Scenario(
    "html", summary: "A Jinja2 template with a heading and 50 list items, rendered on every request.",
    verification: "Status 200 and every byte of the page, as in `fixtures/payloads/page.html`.",
    leastInstructions: 950_000, exchangesToCount: 24
  ) { material in .get("/html", .html, .exactly(try material.bytes("payloads/page.html"))) }
}
