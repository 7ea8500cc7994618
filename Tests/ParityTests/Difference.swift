/// The differences that `docs/endpoints.md` documents, by their ids.
///
/// A target's `framework.json` says which ones it has; each is asserted by the test of its scenario.
enum Difference: String, CaseIterable {
  case jsonContentType = "json-content-type"
  case requestID = "request-id"
  case dateAndServer = "date-and-server"
  case errorPage = "error-page"
  case trailingSlash = "trailing-slash"
  case percentEncodedPath = "percent-encoded-path"
  case nonIntegerID = "non-integer-id"
  case negativeID = "negative-id"
  case missingParameter = "missing-parameter"
  case repeatedParameter = "repeated-parameter"
  case nonASCIIJSON = "non-ascii-json"
  case untypedJSONBody = "untyped-json-body"
  case uploadOverLimit = "upload-over-limit"
  case uploadSpooling = "upload-spooling"
  case headOnGet = "head-on-get"
  case headOnStatic = "head-on-static"
  case staticCaching = "static-caching"
  case staticRange = "static-range"
  case staticTraversal = "static-traversal"
  case staticNotModified = "static-not-modified"
  case staticReplacedByOlder = "static-replaced-by-older"
  case staticReads = "static-reads"
  case sseHeaders = "sse-headers"
  case sseSpelling = "sse-spelling"
  case webSocketNotJSON = "websocket-not-json"
  case webSocketLargeMessage = "websocket-large-message"
  case webSocketJSONSpacing = "websocket-json-spacing"
  case webSocketUnknownPath = "websocket-unknown-path"
  case plainGetOnWS = "plain-get-on-ws"

  /// The scenario whose test fails where the difference is not asserted.
  var scenario: String {
    switch self {
    case .requestID, .dateAndServer, .errorPage, .trailingSlash, .headOnGet: "ping"
    case .jsonContentType: "json"
    case .percentEncodedPath, .nonIntegerID, .negativeID: "path"
    case .missingParameter, .repeatedParameter, .nonASCIIJSON: "query"
    case .untypedJSONBody: "db-write"
    case .uploadOverLimit, .uploadSpooling: "upload"
    case .headOnStatic, .staticCaching, .staticRange, .staticTraversal, .staticNotModified, .staticReplacedByOlder,
      .staticReads:
      "static"
    case .sseHeaders, .sseSpelling: "sse"
    case .webSocketNotJSON, .webSocketLargeMessage, .webSocketJSONSpacing, .webSocketUnknownPath, .plainGetOnWS:
      "websocket"
    }
  }
}
