extension Scenario {
  public static let json = Scenario(
    "json", summary: "A small object, serialized on every request.",
    verification: "Status 200 and every byte of the body."
  ) { _ in .get("/json", .json, #"{"hello":"world"}"#) }
}
