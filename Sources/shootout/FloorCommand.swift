import EngineBenchmark
import Foundation
import LoadEngine
import WireFormats

/// What `bench-engine` starts in a process of its own to know what the kernel alone costs. It takes the request as `load`
/// does, so that it sends the same bytes. Not in the overview, because by itself it tells nothing.
struct FloorCommand: Command {
  static let about = CommandDescription(
    name: "floor", group: .look, summary: "a part of bench-engine: the bytes of a load, and nothing done with them",
    checksSettings: false)

  @Option("--connections", "N", .number, "connections held open at a time") private var connections = 50
  @Option("--duration", "D", .duration, "the measured time") private var duration = Duration.seconds(3)
  private var request = LoadRequest()
  @Operands("URL", .nothing, mistake: { "shootout floor takes one URL, and was given \($0)" })
  private var operand: String

  private struct Report: Encodable {
    var requests: Int
    var answerBytes: Int
    var durationS: Double
  }

  func run() throws -> ExitCode {
    let url = try usage { try HTTPURL(operand) }
    let load = try FloorLoad(
      request.work(at: url), to: url.endpoint, connections: connections, duration: duration)
    let result = try load.run()
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    let report = Report(
      requests: result.answers, answerBytes: result.answerBytes, durationS: result.duration.inSeconds)
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
    return .success
  }
}
