import WireFormats

/// Where the connections of a load go: to the address that answered at the start, or, for as long as none has answered, to
/// each in turn, so that a server that comes up later is found.
struct Route: Sendable {
  private let endpoint: Endpoint
  private let addresses: [SocketAddress]
  /// Of those that did not answer, the latest reason of each.
  private(set) var failures: [AddressFailure]
  private let isNamed: Bool
  /// The place of the address that is used; nil while it is not decided.
  private var chosen: Int?
  private var opened = 0

  /// - Parameters:
  ///   - addresses: at least one. A single one is not asked whether it answers.
  ///   - timeout: for all of them together.
  init(
    to endpoint: Endpoint, _ addresses: [SocketAddress], timeout: Duration, isCancelled: () -> Bool = { false }
  ) {
    precondition(!addresses.isEmpty, "a host has an address")
    self.endpoint = endpoint
    self.addresses = addresses
    isNamed = !endpoint.isNumeric
    if addresses.count == 1 {
      chosen = 0
      failures = []
    } else {
      let search = AddressSearch(addresses, patience: timeout, isCancelled: isCancelled)
      chosen = search.answered
      failures = search.failures
    }
  }

  /// The place of the address for the next connection.
  mutating func next() -> Int {
    if let chosen { return chosen }
    opened += 1
    return (opened - 1) % addresses.count
  }

  subscript(place: Int) -> SocketAddress { addresses[place] }

  mutating func answered(_ place: Int) {
    if chosen == nil { chosen = place }
  }

  /// - Returns: the failure in words. It names every address that has failed, as long as none has answered.
  mutating func failed(_ place: Int, _ reason: String) -> String {
    let start = "cannot connect to \(endpoint.authority)"
    guard chosen == nil else {
      return isNamed ? "\(start) at \(addresses[place]): \(reason)" : "\(start): \(reason)"
    }
    let failure = AddressFailure(address: addresses[place].description, reason: reason)
    if let index = failures.firstIndex(where: { $0.address == failure.address }) {
      failures[index] = failure
    } else {
      failures.append(failure)
    }
    return "\(start): \(failures.map(\.description).joined(separator: "; "))"
  }

  /// The address in use, where the host is a name.
  var used: String? { isNamed ? chosen.map { addresses[$0].description } : nil }
}
