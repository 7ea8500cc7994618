extension Scenario {
  public static let background = Scenario(
    "background", summary: "An answer, and a task of 10 ms that runs after it.",
    verification: "Status 200 and every byte of the body; that the task runs is asserted by the parity test."
  ) { _ in .get("/background", .json, #"{"status":"accepted"}"#) }
}
