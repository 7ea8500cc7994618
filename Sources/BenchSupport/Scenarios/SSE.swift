import LoadEngine
import WireFormats

extension Scenario {
  public static let sse = Scenario(
    "sse", summary: "50 server-sent events, to the end of the stream.",
    verification: "Status 200, a chunk for each event, and id, type and data of each in order.", unit: "streams",
    exchangesToCount: 4
  ) { _ in
    .get(
      "/sse", .events,
      .events((1...50).map { ServerSentEvent(id: "\($0)", type: "tick", data: #"{"seq":\#($0)}"#) }))
  }
}
