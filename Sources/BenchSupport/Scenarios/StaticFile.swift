extension Scenario {
  public static let staticFile = Scenario(
    "static", summary: "A file of 102,400 bytes by the framework's own static file feature.",
    verification: "Status 200 and every byte of the file.", exchangesToCount: 24
  ) { material in .get("/static/bench.bin", .bytes, .exactly(try material.bytes("static/bench.bin"))) }
}
