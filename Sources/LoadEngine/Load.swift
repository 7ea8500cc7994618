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
      connections: connections, warmUp: warmUp, window: window, agreedStart: agreedStart, requests: requests)
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
    switch work {
    case .http(let exchanges): guard !exchanges.isEmpty else { throw .noExchanges }
    case .webSocket(let script):
      guard !script.messages.isEmpty else { throw .noExchanges }
      if let number = script.messagesPerConnection, number < 1 {
        throw .outOfRange(name: "messages per connection", value: "\(number)", allowed: "1 and above")
      }
    }
    guard (1...1_000_000).contains(connections) else {
      throw .outOfRange(name: "connections", value: "\(connections)", allowed: "1 to 1000000")
    }
    guard threads >= 1, threads <= connections else {
      throw .outOfRange(name: "threads", value: "\(threads)", allowed: "1 to the number of connections")
    }
    guard window > .zero else { throw .outOfRange(name: "duration", value: window.inWords, allowed: "above zero") }
    if let requests, requests < 1 {
      throw .outOfRange(name: "requests", value: "\(requests)", allowed: "1 and above")
    }
    if let rampUp, rampUp < .zero {
      throw .outOfRange(name: "ramp-up", value: rampUp.inWords, allowed: "zero or above")
    }
    guard warmUp >= .zero else { throw .outOfRange(name: "warm-up", value: warmUp.inWords, allowed: "zero or above") }
    guard sliceLength >= .milliseconds(1) else {
      throw .outOfRange(name: "slice length", value: "\(sliceLength)", allowed: "a millisecond or more")
    }
    guard timeout > .zero else { throw .outOfRange(name: "timeout", value: timeout.inWords, allowed: "above zero") }
    if case .openLoop(let rate, _) = pacing, !(rate >= 0.001 && rate <= 10_000_000) {
      throw .outOfRange(name: "rate", value: "\(rate)", allowed: "0.001 to 10000000 in a second")
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
private final class LoadThread {
  /// What the thread takes with it and leaves behind.
  private final class Errand {
    let loop: EventLoop
    var result = LoadResult()

    init(_ loop: EventLoop) {
      self.loop = loop
    }
  }

  private let errand: Errand
  private var thread = pthread_t()

  init(_ loop: EventLoop) throws(SystemError) {
    errand = Errand(loop)
    let argument = Unmanaged.passRetained(errand)
    let code = pthread_create(
      &thread, nil,
      { argument in
        let errand = Unmanaged<Errand>.fromOpaque(argument!).takeRetainedValue()
        errand.result = errand.loop.run()
        errand.result.address = errand.loop.route.used
        return nil
      }, argument.toOpaque())
    guard code == 0 else {
      argument.release()
      throw SystemError("pthread_create", code)
    }
  }

  func join() -> LoadResult {
    pthread_join(thread, nil)
    return errand.result
  }
}
