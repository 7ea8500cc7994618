import CLinux
import Glibc

/// The owner of one non-blocking TCP socket.
struct Socket: ~Copyable {
  let descriptor: Int32

  /// What became of one call to the kernel.
  enum Outcome {
    case moved(Int)
    case wouldBlock
    case failed(errno: Int32)
  }

  /// A connection under way, or why there is none.
  enum ConnectStart: ~Copyable {
    case started(Socket)
    case failed(SystemError)
  }

  /// Starts to connect: `socket(2)`, `connect(2)`. Writable means decided; `takeError` tells how.
  static func connecting(to address: SocketAddress) -> ConnectStart {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(Int32(address.storage.ss_family), type, 0)
    guard descriptor >= 0 else { return .failed(SystemError("socket", errno)) }
    let made = Socket(descriptor: descriptor)
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    let status = withUnsafeBytes(of: address.storage) {
      connect(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), address.length)
    }
    if status != 0, errno != EINPROGRESS { return .failed(SystemError("connect", errno)) }
    return .started(made)
  }

  private init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// The error of a finished `connect(2)`, zero for none: `getsockopt(SO_ERROR)`, which forgets it.
  func takeError() -> Int32 {
    var error: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
    return error
  }

  /// `recv(2)`. Zero bytes moved means the peer has closed its side.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    outcome { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
  }

  /// `SO_RCVLOWAT`: the socket counts as readable from so many bytes on, or when the peer closes. A kernel that refuses
  /// wakes its reader more often, and that is all.
  func wake(atBytes count: Int32) {
    var bytes = count
    setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &bytes, socklen_t(MemoryLayout<Int32>.size))
  }

  /// `send(2)`; `more` says that the rest of the same message follows at once.
  func send(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Outcome {
    let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
    return outcome { Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags) }
  }

  /// `sendfile(2)`: the kernel takes the bytes from the page cache, and no connection holds a copy.
  func send(file: Int32, from offset: Int, count: Int) -> Outcome {
    var position = off_t(offset)
    return outcome { sendfile(descriptor, file, &position, count) }
  }

  @inline(__always)
  private func outcome(_ call: () -> Int) -> Outcome {
    while true {
      let count = call()
      if count >= 0 { return .moved(count) }
      let error = errno
      if error == EINTR { continue }
      return error == EAGAIN || error == EWOULDBLOCK ? .wouldBlock : .failed(errno: error)
    }
  }
}

/// A system call that failed, by name.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  public var call: String
  public var code: Int32

  public init(_ call: String, _ code: Int32) {
    self.call = call
    self.code = code
  }

  public var description: String {
    let advice = SystemError.advice(code, call).map { "; \($0)" } ?? ""
    return "\(call): \(String(cString: strerror(code)))\(advice)"
  }

  /// What helps where the words of the kernel do not say it.
  private static func advice(_ code: Int32, _ call: String) -> String? {
    switch (code, call) {
    case (EADDRNOTAVAIL, "connect"):
      "all local ports are in use or resting after a close: keep connections open, open fewer of them, or widen "
        + "net.ipv4.ip_local_port_range"
    case (EMFILE, _): "the limit of open files is reached: raise it with ulimit -n"
    default: nil
    }
  }
}
