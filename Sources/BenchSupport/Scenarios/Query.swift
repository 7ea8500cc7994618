import LoadEngine
import SeededRandom

extension Scenario {
  public static let query = Scenario(
    "query", summary: "Twenty query parameters, echoed as an object; values are drawn from a seeded generator.",
    verification: "Status 200 and every byte of the body, with the values that were sent.", exchangesToCount: 32
  ) { material in
    var random = SplitMix64(seed: material.seed)
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return .http(
      (0..<200).map { _ in
        let values = (1...20).map { _ in
          String((0...random.next(below: 12)).map { _ in letters[random.next(below: letters.count)] })
        }
        let query = values.enumerated().map { "p\($0 + 1)=\($1)" }.joined(separator: "&")
        let members = values.enumerated().map { #""p\#($0 + 1)":"\#($1)""# }.joined(separator: ",")
        return HTTPExchange(
          HTTPRequest("GET", "/search?" + query),
          expecting: Expectation(head: .json, body: .exactly(Array("{\(members)}".utf8))))
      })
  }
}
