import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Reports
import Stack
import TestSupport
import Testing
import WireFormats

extension Exclusive.ParityTests {
  @Test(.selected(.webSocket)) func webSocket() async throws {
    try await Comparison.of(.webSocket) { all in
      let texts = (0..<20).map { _ in all.input.unicodeText(1...200) } + [all.input.word(32_768...32_768)]
      let echoes = texts.map { JSONValue.object(["s": .string($0)]) }
      all.verify("messages sent one by one on /ws, the answers", is: echoes) { party in
        var conversation = try party.openWebSocket()
        let answers = try texts.map { text in
          try conversation.send(envelope(text))
          return try echo(conversation.receive())
        }
        try conversation.close()
        return answers
      }
      all.verify("messages sent at once on /ws, the answers in order", is: echoes) { party in
        var conversation = try party.openWebSocket()
        for text in texts { try conversation.send(envelope(text)) }
        return try texts.map { _ in try echo(conversation.receive()) }
      }
      all.verify("messages in two fragments on /ws, the answers", is: echoes) { party in
        var conversation = try party.openWebSocket()
        return try texts.map { text in
          let message = envelope(text)
          try conversation.send(message, firstFragment: message.utf8.count / 2)
          return try echo(conversation.receive())
        }
      }
      // What a handler may take for nothing is data like any other.
      let nothings = ["{}", #"{"a":null,"b":false,"c":0,"d":[],"e":{"f":""}}"#]
      let values = try nothings.map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
      all.verify("messages with the data \(nothings) on /ws, the answers", is: values) { party in
        var conversation = try party.openWebSocket()
        return try nothings.map { data in
          try conversation.send(#"{"event":"echo","data":\#(data)}"#)
          return try echo(conversation.receive())
        }
      }
      let one = all.input.unicodeText()
      assertLeftAlone(all, one)
      assertAnswers(all)
      assertHandshakes(all)
    }
  }

  /// Another connection notices nothing of one that breaks the rules.
  private func assertLeftAlone(_ all: Comparison, _ text: String) {
    let broken = ["hello", "{", #"{"event":"echo""#, "[]", "7", #"{"data":1}"#, #"{"event":"other","data":1}"#]
    all.verify("an echo after other connections sent \(broken)", is: JSONValue.object(["s": .string(text)])) { party in
      var witness = try party.openWebSocket()
      for message in broken {
        var other = try party.openWebSocket()
        try other.send(message)
        // Closed or answered by an error, in the framework's own words.
        if case .close(let code, _) = try other.receive(), code != 1007 {
          throw ConversationError.webSocket(
            "\(message.shown) is answered by close code \(code.map(String.init) ?? "none")")
        }
      }
      try witness.send(envelope(text))
      return try echo(witness.receive())
    }
  }

  private func assertAnswers(_ all: Comparison) {
    all.check(message: "hello", .closed(code: 1007), difference: .webSocketNotJSON)
    let long = String(repeating: "y", count: 70_000)
    all.check(
      message: envelope(long), .message(.value(.object(["s": .string(long)]))), difference: .webSocketLargeMessage)
    all.check(
      message: #"{"event":"echo","data":{"n":1,"s":"x"}}"#, .message(.whole(#"{"n":1,"s":"x"}"#)),
      difference: .webSocketJSONSpacing)
  }

  private func assertHandshakes(_ all: Comparison) {
    all.check(
      HTTPRequest("GET", "/nows", fields: upgrade), Answer(403), difference: .webSocketUnknownPath)
    all.check(HTTPRequest("GET", "/ws"), Answer(404), difference: .plainGetOnWS)
    let offer = HTTPField("sec-websocket-extensions", "permessage-deflate; client_max_window_bits")
    all.check(
      HTTPRequest("GET", "/ws", fields: upgrade + [offer]), Answer(101, ["sec-websocket-extensions": .absent]))
  }

  private var upgrade: [HTTPField] {
    [
      HTTPField("upgrade", "websocket"), HTTPField("connection", "Upgrade"),
      HTTPField("sec-websocket-version", "13"),
      HTTPField("sec-websocket-key", WebSocketHandshake(randomBytes: [UInt8](repeating: 7, count: 16)).key),
    ]
  }

  private func envelope(_ text: String) -> String {
    #"{"event":"echo","data":{"s":"\#(text)"}}"#
  }

  private func echo(_ event: WebSocketConversation.Event) throws -> JSONValue {
    guard case .text(let text) = event else { throw ConversationError.webSocket("\(event) instead of a text") }
    return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }
}
