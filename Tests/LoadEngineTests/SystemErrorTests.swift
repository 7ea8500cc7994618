import Glibc
import LoadEngine
import Testing

@Suite struct SystemErrorTests {
  @Test("Ports that are used up are explained, with what to do")
  func ports() {
    #expect(
      SystemError("connect", EADDRNOTAVAIL).description
        == "connect: Cannot assign requested address; all local ports are in use or resting after a close: keep "
        + "connections open, open fewer of them, or widen net.ipv4.ip_local_port_range")
  }

  @Test("So is the limit of open files, and nothing else")
  func others() {
    #expect(SystemError("socket", EMFILE).description.hasSuffix("raise it with ulimit -n"))
    #expect(SystemError("connect", ECONNREFUSED).description == "connect: Connection refused")
    #expect(SystemError("bind", EADDRNOTAVAIL).description == "bind: Cannot assign requested address")
  }
}
