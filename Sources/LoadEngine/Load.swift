import Glibc
import WireFormats

extension LoadPlan {
  /// Runs the load to its end on threads of its own, and blocks until then.
  ///
  /// - Returns: what was counted; failures of the server are counted too and never thrown.
  /// - Throws: `LoadPlanError` where the load could not begin.
  public func run(monitor: LoadMonitor = LoadMonitor()) throws(LoadPlanError) -> LoadResult {
    try run(monitor: monitor) { endpoint throws(EndpointError) in try endpoint.addresses() }
  }

  /// - Parameter look: tells the addresses of the endpoint.
  func run(
    monitor: LoadMonitor = LoadMonitor(), lookingUp look: (Endpoint) throws(EndpointError) -> [SocketAddress]
  ) throws(LoadPlanError) -> LoadResult {
    try validate()
    let addresses: [SocketAddress]
    do throws(EndpointError) { addresses = try look(endpoint) } catch { throw .endpoint(error) }
    let route = Route(to: endpoint, addresses, timeout: timeout) { monitor.isCancelled }
    let load = CompiledLoad(work, endpoint: endpoint)
    let timeline = Timeline(
      connections: connections, warmUp: warmUp, window: window, agreedStart: agreedStart, requests: requests,
      restOf: pacing != .closedLoop && worksInRampUp ? threads : 0)
    monitor.watch(timeline)
    var threads: [LoadThread] = []
    do throws(SystemError) {
      for thread in 0..<self.threads {
        let share = connections / self.threads + (thread < connections % self.threads ? 1 : 0)
        let loop = try EventLoop(
          plan: self, load: load, route: route, timeline: timeline, monitor: monitor, thread: thread,
          connections: share)
        threads.append(try LoadThread(loop))
      }
    } catch {
      monitor.cancel()
      for thread in threads { _ = thread.join() }
      throw .system(error)
    }
    var result = LoadResult()
    result.connections = connections
    result.failedAddresses = route.failures
    for thread in threads { result.merge(thread.join()) }
    result.addStalled()
    result.isCancelled = monitor.isCancelled
    if timeline.hasBegun {
      result.windowStart = timeline.windowStart
      result.window = .nanoseconds(Int64(timeline.windowEnd.nanoseconds(since: timeline.windowStart)))
    }
    return result
  }

  private func validate() throws(LoadPlanError) {
    func require(_ isRight: Bool, _ name: String, _ value: String, _ allowed: String) throws(LoadPlanError) {
      if !isRight { throw .outOfRange(name: name, value: value, allowed: allowed) }
    }
    switch work {
    case .http(let exchanges): guard !exchanges.isEmpty else { throw .noExchanges }
    case .webSocket(let script):
      guard !script.messages.isEmpty else { throw .noExchanges }
      let number = script.messagesPerConnection ?? 1
      try require(number >= 1, "messages per connection", "\(number)", "1 and above")
    }
    try require((1...1_000_000).contains(connections), "connections", "\(connections)", "1 to 1000000")
    try require((1...connections).contains(threads), "threads", "\(threads)", "1 to the number of connections")
    try require(window > .zero, "duration", window.inWords, "above zero")
    try require(requests ?? 1 >= 1, "requests", "\(requests ?? 1)", "1 and above")
    try require(rampUp ?? .zero >= .zero, "ramp-up", (rampUp ?? .zero).inWords, "zero or above")
    try require(warmUp >= .zero, "warm-up", warmUp.inWords, "zero or above")
    try require(sliceLength >= .milliseconds(1), "slice length", "\(sliceLength)", "a millisecond or more")
    try require(timeout > .zero, "timeout", timeout.inWords, "above zero")
    if case .openLoop(let rate, _) = pacing {
      try require((0.001...10_000_000).contains(rate), "rate", "\(rate)", "0.001 to 10000000 in a second")
    }
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    // The engine's own epoll instances and files, and what the process had open before.
    let needed = connections + threads + 32
    guard limit.rlim_cur >= rlim_t(needed) else {
      throw .descriptors(needed: needed, limit: Int(clamping: limit.rlim_cur))
    }
  }
}

/// One thread running one event loop.
private struct LoadThread {
  private let loop: EventLoop
  private var thread = pthread_t()

  init(_ loop: EventLoop) throws(SystemError) {
    self.loop = loop
    let argument = Unmanaged.passRetained(loop)
    let code = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<EventLoop>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, argument.toOpaque())
    guard code == 0 else {
      argument.release()
      throw SystemError("pthread_create", code)
    }
  }

  /// - Returns: the record of the loop that has ended.
  func join() -> LoadResult {
    pthread_join(thread, nil)
    return loop.result
  }
}
