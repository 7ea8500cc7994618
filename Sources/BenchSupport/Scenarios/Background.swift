import LoadEngine
import SeededRandom

extension Scenario {
  public static let background = Scenario(
    "background", summary: "An answer, and a task of 10 ms that runs after it.",
    verification: """
      Status 200 and every byte of the body; beside it, tasks with a token are asked for until they are done, and none is \
      done too early. That those without a token run is asserted by the parity test.
      """,
    probe: .backgroundTask, exchangesToCount: 64
  ) { material in
    var random = SplitMix64(seed: material.seed)
    let accepted = Expectation(head: .json, body: .exactly(Array(#"{"status":"accepted"}"#.utf8)))
    // One in eight has a token, so that one that is asked for is nothing special.
    return .http(
      (0..<512).map { number in
        let query = number % 8 == 0 ? "?token=\(BackgroundTask.token(drawnFrom: &random))" : ""
        return HTTPExchange(HTTPRequest("GET", "/background\(query)"), expecting: accepted)
      })
  }
}
