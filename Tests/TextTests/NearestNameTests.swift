import Testing

@testable import Text

@Suite struct NearestNameTests {
  private let known = ["aquilia", "fastapi", "reference", "sanic"]

  @Test(
    "The name that takes the fewest changes is the nearest",
    arguments: [("fastpi", "fastapi"), ("Sanic", "sanic"), ("aqulia", "aquilia"), ("referense", "reference")])
  func nearest(typed: String, meant: String) {
    #expect(known.nearest(to: typed) == meant)
  }

  @Test("Where most letters would have to change, no name is near", arguments: ["flask", "x", "starlette", ""])
  func far(typed: String) {
    #expect(known.nearest(to: typed) == nil)
  }

  @Test("Of no names none is near")
  func none() {
    #expect([String]().nearest(to: "sanic") == nil)
  }
}
