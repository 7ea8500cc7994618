import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Stack
import TestSupport
import Testing
import WireFormats

/// A way to look fast without doing the work: some lines of the reference's application, replaced by others.
struct Lie: Sendable, CustomTestStringConvertible {
  var name: String
  /// The parity test that has to fail.
  var test: @Sendable (Exclusive.ParityTests) async throws -> Void
  var lines: String
  var instead: String

  var testDescription: String { name }

  init(
    _ name: String, _ test: @escaping @Sendable (Exclusive.ParityTests) async throws -> Void, _ lines: String,
    _ instead: String
  ) {
    (self.name, self.test, self.lines, self.instead) = (name, test, lines, instead)
  }

  /// Replaces the lines in a copy of the application.
  func apply(to application: String) throws {
    let file = application + "/app.py"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let parts = text.components(separatedBy: lines)
    try #require(parts.count == 2, "'\(name)' replaces lines that the reference's app.py does not have once")
    // Where a handler keeps what it answers later.
    try (parts.joined(separator: instead) + "\nKEPT = {}\n").write(toFile: file, atomically: true, encoding: .utf8)
  }
}

extension Exclusive.ParityTests {
  @Suite("Applications that do not do the work") struct Lies {
    @Test("Parity finds it out", arguments: Lie.all)
    func found(lie: Lie) async throws {
      guard let copies = try await copies(applying: lie) else { return }
      await withKnownIssue("\(lie.name)") {
        try await Comparison.$others.withValue(copies.parties) { try await lie.test(Exclusive.ParityTests()) }
      }
    }

    @Test("Parity has nothing against an honest copy")
    func honest() async throws {
      guard let copies = try await copies(applying: nil) else { return }
      try await Comparison.$others.withValue(copies.parties) {
        let tests = Exclusive.ParityTests()
        for test in [tests.ping, tests.dbRead, tests.dbWrite, tests.upload, tests.stream, tests.sse] {
          try await test()
        }
      }
    }

    @Test("The documentation lists them")
    func documented() throws {
      let page = try String(contentsOfFile: Checkout.find().path + "/docs/misbehaviour.md", encoding: .utf8)
      let section = page.components(separatedBy: "## Applications that do not do the work").last ?? ""
      let items = section.matches(of: /\n- (.+): `\w+`/).map { String($0.output.1) }
      #expect(items == Lie.all.map(\.name))
    }

    /// One worker of the reference, with the lie in its application; nil where the reference is no process of this machine.
    private func copies(applying lie: Lie?) async throws -> ServerCopies? {
      let configuration = try Configuration.read(scenarios: nil)
      let stack = try await StackUnderTest.shared(configuration)
      let target = try #require(configuration.known.first { $0.role == .reference })
      guard let server = stack[target.name], server.container == nil, let process = server.process else {
        print("skipped: \(lie?.name ?? "an honest copy"); the reference is no process of this machine")
        return nil
      }
      let party = Party(
        target: target, endpoint: try Endpoint.parse(url: server.baseURL).endpoint, process: process,
        differences: try JSONValue.object("differences", in: target.source + "/framework.json"))
      return try ServerCopies(of: [party], fixtures: configuration.checkout.fixtures, application: lie?.apply) { _ in }
    }
  }
}

extension Lie {
  static let all = [
    Lie(
      "ping with a content-encoding that is not there", { try await $0.ping() },
      #"await respond(send, b"pong", "text/plain; charset=utf-8")"#,
      #"await respond(send, b"pong", "text/plain; charset=utf-8", headers=[(b"content-encoding", b"gzip")])"#),
    Lie(
      "JSON under another content-type", { try await $0.json() },
      #"await respond(send, orjson.dumps(value), "application/json", status, headers)"#,
      #"await respond(send, orjson.dumps(value), "text/plain", status, headers)"#),
    Lie(
      "path answered as it was the first time", { try await $0.path() },
      "    user_id = path_id(text)\n", "    user_id = KEPT.setdefault(0, path_id(text))\n"),
    Lie(
      "db-read from rows that were read at the start", { try await $0.dbRead() },
      """
              row = await pool.fetchrow(SELECT_USER, path_id(text))
      """,
      """
              if not KEPT:
                  KEPT.update({row["id"]: row for row in await pool.fetch("SELECT * FROM bench_users")})
              row = KEPT.get(path_id(text))
      """),
    Lie(
      "db-read from rows that were asked for before", { try await $0.dbRead() },
      """
              row = await pool.fetchrow(SELECT_USER, path_id(text))
      """,
      """
              row = KEPT.get(text) or await pool.fetchrow(SELECT_USER, path_id(text))
              KEPT[text] = row
      """),
    Lie(
      "db-write without the database", { try await $0.dbWrite() },
      "row = await pool.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS))",
      #"row = {"id": KEPT.setdefault(0, 5000), **{field: body[field] for field in USER_FIELDS}}"#),
    Lie(
      "db-write that inserts twice", { try await $0.dbWrite() },
      "row = await pool.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS))",
      """
      row = await pool.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS))
              await pool.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS))
      """),
    Lie(
      "db-write that stores an empty bio", { try await $0.dbWrite() },
      "row = await pool.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS))",
      #"""
      row = {**await pool.fetchrow(INSERT_USER, body["name"], body["email"], ""), "bio": body["bio"]}
      """#),
    Lie(
      "upload whose size is reckoned from the content-length", { try await $0.upload() },
      "    file = FileCounter()\n",
      #"""
          body = b"".join([chunk async for chunk in body_chunks(receive)])
          if b'name="file"; filename=' in body[:400]:
              length = int(dict(scope["headers"])[b"content-length"])
              size = length - body.find(b"\r\n\r\n") - 4 - len(options[b"boundary"]) - 8
              return await respond_json(send, {"size": size, "status": "ok"})
          raise ClientError(400, "file is missing")
          file = FileCounter()

      """#),
    Lie(
      "upload answered from the head, its body unread", { try await $0.upload() },
      "    file = FileCounter()\n",
      """
          size = int(dict(scope["headers"])[b"content-length"]) - 2 * len(options[b"boundary"]) - 128
          return await respond_json(send, {"size": size, "status": "ok"})
          file = FileCounter()

      """),
    Lie(
      "stream in one chunk", { try await $0.stream() }, "    for chunk in STREAM_CHUNKS:\n",
      #"    for chunk in [b"".join(STREAM_CHUNKS)]:"# + "\n"),
    Lie(
      "stream with a content-length", { try await $0.stream() },
      #"    await start(send, 200, "application/octet-stream")"# + "\n",
      #"    await start(send, 200, "application/octet-stream", length=1024000)"# + "\n"),
    Lie(
      "background without its 10 ms", { try await $0.background() }, "    await asyncio.sleep(0.01)\n", ""),
    Lie(
      "background whose task runs before the answer", { try await $0.background() },
      """
          await respond_json(send, {"status": "accepted"})
          await asyncio.sleep(0.01)
          token = query(scope).get("token")
          if token is not None:
              done_tokens[token] = None
      """,
      """
          await asyncio.sleep(0.01)
          token = query(scope).get("token")
          if token is not None:
              done_tokens[token] = None
          await respond_json(send, {"status": "accepted"})
          if token is not None:
      """),
  ]
}
