import BenchSupport
import LoadEngine
import Machine
import Stack
import TestSupport
import WireFormats

/// A target that is up, and how to talk to it.
struct Party: Sendable {
  var target: Target
  var endpoint: Endpoint
  /// The leader of its session, or of its group; nil where it is no process of this machine.
  var process: ProcessIdentity?
  /// Documented differences on the wire, from its `framework.json`, by the name that `docs/endpoints.md` has too.
  var differences: [String: JSONValue]
  static let patience = Duration.seconds(20)

  /// Those that serve.
  var processes: [ProcessStat] {
    guard let leader = process?.pid else { return [] }
    return ProcessStat.readAll().filter { !$0.isZombie && ($0.session == leader || $0.group == leader) }
  }

  func connect() throws -> Conversation {
    try Conversation(to: endpoint, timeout: Self.patience)
  }

  func openWebSocket() throws -> WebSocketConversation {
    try WebSocketConversation(to: endpoint, path: "/ws", timeout: Self.patience)
  }

  /// One request on a connection of its own.
  func exchange(_ request: HTTPRequest) throws -> HTTPResponse {
    var conversation = try connect()
    let unsent: ConversationError?
    do throws(ConversationError) {
      try conversation.send(request)
      unsent = nil
    } catch {
      // A server may refuse a body before it has read it.
      unsent = error
    }
    do throws(ConversationError) {
      return try conversation.receive(answeringHead: request.method == "HEAD")
    } catch {
      throw unsent ?? error
    }
  }
}
