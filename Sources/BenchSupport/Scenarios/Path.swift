import LoadEngine
import SeededRandom

extension Scenario {
  public static let path = Scenario(
    "path", summary: "An integer from the path; ids are drawn from a seeded generator.",
    verification: "Status 200 and every byte of the body, with the id that was asked for."
  ) { material in
    var random = SplitMix64(seed: material.seed)
    return .http(
      (0..<1000).map { _ in
        let id = random.next(below: 1_000_000)
        let body = #"{"id":\#(id),"name":"user-\#(id)"}"#
        return HTTPExchange(
          HTTPRequest("GET", "/user/\(id)"), expecting: Expectation(head: .json, body: .exactly(Array(body.utf8))))
      })
  }
}
