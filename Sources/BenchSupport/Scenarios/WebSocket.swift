import LoadEngine
import SeededRandom

extension Scenario {
  public static let webSocket = Scenario(
    "websocket", summary: "Messages echoed over WebSockets, 100 on each connection, then a new one.",
    verification: "Each answer is the data of its message, as JSON.", unit: "messages",
    exchangesToCount: 100
  ) { material in
    var random = SplitMix64(seed: material.seed)
    let messages = (0..<200).map { number in
      let data = #"{"n":\#(number),"text":"message \#(random.next(below: 1_000_000_000))"}"#
      return WebSocketExchange(
        Array(#"{"event":"echo","data":\#(data)}"#.utf8), expecting: .json(Array(data.utf8)))
    }
    return .webSocket(WebSocketScript(target: "/ws", messages: messages, messagesPerConnection: 100))
  }
}
