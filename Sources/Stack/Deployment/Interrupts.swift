import CLinux
import Glibc
import LoadEngine
import Synchronization

/// What calls a deployment off: a signal, or the end of the standard input.
///
/// Every wait of a deployment goes through here, so that Ctrl-C ends it at any moment, and always in the
/// same way: as a thrown error on the thread that works, which then takes back what it did.
public final class Interrupts: Sendable {
  private let signals: Int32?
  private let watchesInput: Bool
  /// What came on the standard input, and is no whole line yet or was not asked for.
  private let input = Mutex<[UInt8]>([])
  private static let inputLimit = 4096

  /// Nothing calls it off: for taking down, which is bounded by its own deadlines.
  public static var none: Interrupts { Interrupts(signals: nil, watchesInput: false) }

  /// SIGINT, SIGTERM and SIGHUP are taken from the calling thread and reported here instead, and the end of a `make` above
  /// with them. To be called before other threads exist.
  public static func signals(andEndOfInput watchesInput: Bool) throws(DeploymentError) -> Interrupts {
    signal(SIGPIPE, SIG_IGN)
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
    sigprocmask(SIG_BLOCK, &set, nil)
    let descriptor = signalfd(-1, &set, Int32(SFD_CLOEXEC))
    guard descriptor >= 0 else { throw .system(call: "signalfd", errno: errno) }
    if !watchesInput { EndWatch.endWithOwners() }
    return Interrupts(signals: descriptor, watchesInput: watchesInput)
  }

  private init(signals: Int32?, watchesInput: Bool) {
    self.signals = signals
    self.watchesInput = watchesInput
  }

  deinit {
    if let signals { close(signals) }
  }

  /// Waits that long.
  public func sleep(_ duration: Duration) throws(DeploymentError) {
    _ = try wait(readable: nil, upTo: duration)
  }

  /// Waits until the deployment is called off.
  public func waitForever() -> DeploymentError {
    while true {
      do throws(DeploymentError) {
        try sleep(.seconds(3600))
      } catch {
        return error
      }
    }
  }

  /// Waits for the next line of the standard input, which it has to watch.
  public func nextLine() throws(DeploymentError) -> String {
    while true {
      let line: String? = input.withLock { input in
        guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { input.removeSubrange(...end) }
        return String(decoding: input[..<end], as: UTF8.self)
      }
      if let line { return line }
      _ = try wait(readable: nil, upTo: .seconds(3600), orInput: true)
    }
  }

  /// Waits until there is something to read, or the end of it. False where the time ran out before.
  public func wait(readable descriptor: Int32?, upTo duration: Duration) throws(DeploymentError) -> Bool {
    try wait(readable: descriptor, upTo: duration, orInput: false)
  }

  private func wait(
    readable descriptor: Int32?, upTo duration: Duration, orInput endsWithInput: Bool
  ) throws(DeploymentError) -> Bool {
    let deadline = Instant.now() + duration
    while true {
      let left = deadline.nanoseconds(since: .now())
      var descriptors = [
        pollfd(fd: descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: watchesInput ? 0 : -1, events: Int16(POLLIN), revents: 0),
      ]
      let milliseconds = Int32(min(left.addingReportingOverflow(999_999).partialValue / 1_000_000, 3_600_000))
      let count = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
      if count < 0 && errno != EINTR { throw .system(call: "poll", errno: errno) }
      if count > 0 {
        if descriptors[1].revents != 0 { throw .interrupted(by: receivedSignal()) }
        if descriptors[2].revents != 0, inputEnded() { throw .interrupted(by: "the end of its input") }
        if descriptors[0].revents != 0 { return true }
        if endsWithInput, descriptors[2].revents != 0 { return false }
      }
      if Instant.now() >= deadline { return false }
    }
  }

  private func receivedSignal() -> String {
    var information = signalfd_siginfo()
    guard let signals, read(signals, &information, MemoryLayout<signalfd_siginfo>.size) > 0 else { return "a signal" }
    switch Int32(information.ssi_signo) {
    case SIGINT: return "SIGINT"
    case SIGTERM: return "SIGTERM"
    case SIGHUP: return "SIGHUP"
    case let number: return "signal \(number)"
    }
  }

  private func inputEnded() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = read(0, &buffer, buffer.count)
    if count > 0 { input.withLock { $0 += buffer[..<min(count, max(0, Self.inputLimit - $0.count))] } }
    return count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)
  }
}
