import LoadEngine
import WireFormats

/// A connection of a probe, which counts what it asks.
struct ProbeConversation: ~Copyable {
  private var conversation: Conversation
  private(set) var count = ExchangeCount(answered: 0, sent: 0)

  init(to endpoint: Endpoint, timeout: Duration) throws(ConversationError) {
    conversation = try Conversation(to: endpoint, timeout: timeout)
  }

  mutating func exchange(_ request: HTTPRequest) throws(ConversationError) -> HTTPResponse {
    count.sent += 1
    let response = try conversation.exchange(request)
    count.answered += 1
    return response
  }
}

extension HTTPResponse {
  /// An answer in a message: its status, and its body if that is not long.
  var shown: String { "\(status) \(text.prefix(300))" }
}
