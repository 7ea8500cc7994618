extension Scenario {
  public static let jsonLarge = Scenario(
    "json-large", summary: "An object of nested items, over 1 MiB, serialized on every request.",
    verification: "Status 200 and every byte of the body, as in `fixtures/payloads/json-large.json`.",
    leastInstructions: 11_700_000, exchangesToCount: 1
  ) { material in .get("/json-large", .json, .exactly(try material.bytes("payloads/json-large.json"))) }
}
