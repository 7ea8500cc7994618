import Statistics
import Testing

@Suite struct RoundOrderTests {
  @Test(
    "In a turn each round measures everybody once, all take every place equally often, and each pair comes in both orders",
    arguments: 1...7)
  func balance(targets: Int) {
    let turn = RoundOrder.turn(targets: targets)
    for first in [1, 1 + turn, 1 + 2 * turn] {
      let orders = (first..<first + turn).map { RoundOrder.order(round: $0, targets: targets) }
      for order in orders { #expect(order.sorted() == Array(0..<targets)) }
      for one in 0..<targets {
        for place in 0..<targets {
          #expect(orders.count { $0[place] == one } == turn / targets, "\(orders)")
        }
        for other in 0..<targets where other != one {
          let before = orders.count { $0.firstIndex(of: one)! < $0.firstIndex(of: other)! }
          #expect(before * 2 == turn, "\(one) before \(other) in \(orders)")
        }
      }
    }
  }

  @Test("Nobody is an order too")
  func nobody() {
    #expect(RoundOrder.order(round: 3, targets: 0) == [])
  }
}
