extension Scenario {
  public static let ping = Scenario(
    "ping", summary: "The least a request can cost: four bytes of plain text.",
    verification: "Status 200 and the body `pong`."
  ) { _ in .get("/ping", .plainText, "pong") }
}
