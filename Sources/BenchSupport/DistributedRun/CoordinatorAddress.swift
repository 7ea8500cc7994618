import LoadEngine
import WireFormats

/// Where generators meet: `host:port`.
public enum CoordinatorAddress {
  public static let variable = "SHOOTOUT_COORDINATOR"
  /// On this machine only, unless it is told otherwise.
  public static let usual = "127.0.0.1:8100"

  public static func parse(_ text: String) throws(ConfigurationError) -> Endpoint {
    do throws(EndpointError) {
      let (endpoint, target) = try Endpoint.parse(url: "http://" + text)
      if target == "/", text.contains(":"), text.last?.isNumber == true { return endpoint }
    } catch {}
    throw .external(
      "'\(HTTPURL.quotable(text))' is no address of a coordinator; right would be host:port, such as \(usual)")
  }
}
