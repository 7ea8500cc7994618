import BenchSupport
import Foundation
import Testing

/// A way to look fast without doing the work: some lines of the reference's application, replaced by others.
struct Lie: Sendable, CustomTestStringConvertible {
  var name: String
  var scenario: Scenario
  var foundBy: Finders
  var lines: String
  var instead: String

  /// What has to find it.
  struct Finders: Equatable, Sendable {
    /// Whether the scenario's parity test does.
    var parity = true
    /// The check, or the kind of error, by which a load does; nil where it passes.
    var load: String?

    static func both(_ load: String) -> Finders { Finders(load: load) }
    static func load(_ load: String) -> Finders { Finders(parity: false, load: load) }
    static let parity = Finders()
  }

  var testDescription: String { name }

  init(_ name: String, _ scenario: Scenario, foundBy: Finders, _ lines: String, _ instead: String) {
    (self.name, self.scenario, self.foundBy, self.lines, self.instead) = (name, scenario, foundBy, lines, instead)
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

extension Lie {
  private static let read = """
            row = await pool.fetchrow(SELECT_USER, path_id(text))
    """
  private static let insert = "row = await pool.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS))"
  private static let answered = #"row = {"id": %, **{field: body[field] for field in USER_FIELDS}}"#
  private static let task = """
        await respond_json(send, {"status": "accepted"})
        await asyncio.sleep(0.01)
        token = query(scope).get("token")
        if token is not None:
            done_tokens[token] = None
    """

  static let all = [
    Lie(
      "ping with a content-encoding that is not there", .ping, foundBy: .both("verification"),
      #"await respond(send, b"pong", "text/plain; charset=utf-8")"#,
      #"await respond(send, b"pong", "text/plain; charset=utf-8", headers=[(b"content-encoding", b"gzip")])"#),
    Lie(
      "ping under another content-type", .ping, foundBy: .both("verification"),
      #"await respond(send, b"pong", "text/plain; charset=utf-8")"#,
      #"await respond(send, b"pong", "application/octet-stream")"#),
    Lie(
      "JSON under another content-type", .json, foundBy: .both("verification"),
      #"await respond(send, orjson.dumps(value), "application/json", status, headers)"#,
      #"await respond(send, orjson.dumps(value), "text/plain", status, headers)"#),
    Lie(
      "path answered as it was the first time", .path, foundBy: .both("verification"),
      "    user_id = path_id(text)\n", "    user_id = KEPT.setdefault(0, path_id(text))\n"),
    Lie(
      "db-read from rows that were read at the start", .dbRead, foundBy: .both("database statements"), read,
      """
              if not KEPT:
                  KEPT.update({row["id"]: row for row in await pool.fetch("SELECT * FROM bench_users")})
              row = KEPT.get(path_id(text))
      """),
    Lie(
      "db-read from rows that were asked for before", .dbRead, foundBy: .both("database statements"), read,
      """
              row = KEPT.get(text) or await pool.fetchrow(SELECT_USER, path_id(text))
              KEPT[text] = row
      """),
    Lie(
      "db-read from rows that are read again every second", .dbRead, foundBy: .both("rows that change"), read,
      """
              now = asyncio.get_running_loop().time()
              if now > KEPT.get("until", 0):
                  KEPT["until"] = now + 1
                  KEPT.update({row["id"]: row for row in await pool.fetch("SELECT * FROM bench_users")})
              row = KEPT.get(path_id(text))
      """),
    Lie(
      "db-read from memory, the database asked for something else", .dbRead, foundBy: .both("database statements"),
      read,
      """
              await pool.fetchrow("SELECT 1")
              row = KEPT.get(text) or await pool.fetchrow(SELECT_USER, path_id(text))
              KEPT[text] = row
      """),
    Lie(
      "db-read from memory, the table asked for the same row always", .dbRead, foundBy: .both("rows that change"), read,
      """
              first = await pool.fetchrow(SELECT_USER, 1 if text in KEPT else path_id(text))
              row = KEPT.setdefault(text, first)
      """),
    Lie(
      "db-read of many rows at a time", .dbRead, foundBy: .both("database statements"), read,
      """
              if text not in KEPT:
                  for row in await pool.fetch("SELECT * FROM bench_users WHERE id >= $1 LIMIT 5", path_id(text)):
                      KEPT[str(row["id"])] = row
              row = KEPT.pop(text, None)
      """),
    Lie(
      "db-read from memory, the table named in a comment", .dbRead, foundBy: .both("database statements"), read,
      """
              await pool.fetchrow("SELECT 1 /* FROM bench_users */")
              row = KEPT.get(text) or await pool.fetchrow(SELECT_USER, path_id(text))
              KEPT[text] = row
      """),
    Lie(
      "db-read from memory on connections that are in use", .dbRead, foundBy: .both("rows that change"), read,
      """
              client = scope["client"]
              KEPT[client] = KEPT.get(client, 0) + 1
              if KEPT[client] > 3:
                  if "1" not in KEPT:
                      KEPT.update({str(row["id"]): row for row in await pool.fetch("SELECT * FROM bench_users")})
                  await pool.fetchrow(SELECT_USER, 1)
                  row = KEPT.get(text)
              else:
                  row = await pool.fetchrow(SELECT_USER, path_id(text))
      """),
    Lie(
      "db-write without the database", .dbWrite, foundBy: .both("rows inserted"), insert,
      answered.replacing("%", with: #"KEPT.setdefault(0, 5000)"#)),
    Lie(
      "db-write that inserts twice", .dbWrite, foundBy: .both("rows inserted"), insert,
      """
      \(insert)
              await pool.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS))
      """),
    Lie(
      "db-write that inserts twice and deletes one", .dbWrite, foundBy: .load("database statements"), insert,
      """
      \(insert)
              await pool.execute("DELETE FROM bench_users WHERE id = $1", row["id"])
              \(insert)
      """),
    Lie(
      "db-write that leaves one in 500 out", .dbWrite, foundBy: .load("rows inserted"), insert,
      """
      KEPT["n"] = KEPT.get("n", 400) + 1
              \(insert) if KEPT["n"] % 500 else \(answered.dropFirst(6).replacing("%", with: "5000"))
      """),
    Lie(
      "db-write that stores an empty bio", .dbWrite, foundBy: .both("rows inserted"), insert,
      #"""
      row = {**await pool.fetchrow(INSERT_USER, body["name"], body["email"], ""), "bio": body["bio"]}
      """#),
    Lie(
      "db-write that stores what was sent first", .dbWrite, foundBy: .both("a row inserted and read back"), insert,
      """
      stored = KEPT.setdefault(0, body)
              row = {**await pool.fetchrow(INSERT_USER, *(stored[field] for field in USER_FIELDS)), **body}
              row = {"id": row["id"], **{field: body[field] for field in USER_FIELDS}}
      """),
    Lie(
      "db-write that is rolled back", .dbWrite, foundBy: .both("rows inserted"), insert,
      """
      async with pool.acquire() as connection:
                  transaction = connection.transaction()
                  await transaction.start()
                  row = await connection.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS))
                  await transaction.rollback()
      """),
    Lie(
      "db-write that answers before it inserts", .dbWrite, foundBy: .both("a row inserted and read back"), insert,
      """
      KEPT["id"] = KEPT.get("id", 1000) + 1
              task = asyncio.create_task(pool.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS)))
              KEPT.setdefault("tasks", []).append(task)
              \(answered.replacing("%", with: #"KEPT["id"]"#))
      """),
    Lie(
      "db-write that inserts later on connections that are in use", .dbWrite,
      foundBy: .load("a row inserted and read back"), insert,
      """
      client = scope["client"]
              KEPT[client] = KEPT.get(client, 0) + 1
              if KEPT[client] > 3:
                  async def later(values):
                      await asyncio.sleep(0.05)
                      await pool.fetchrow(INSERT_USER, *values)
                  values = [body[field] for field in USER_FIELDS]
                  KEPT.setdefault("tasks", []).append(asyncio.create_task(later(values)))
                  KEPT["id"] = KEPT.get("id", 1000) + 1
                  \(answered.replacing("%", with: #"KEPT["id"]"#))
              else:
                  \(insert)
      """),
    Lie(
      "upload whose size is reckoned from the content-length", .upload, foundBy: .both("verification"),
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
      "upload answered from the head, its body unread", .upload, foundBy: .both("verification"),
      "    file = FileCounter()\n",
      """
          size = int(dict(scope["headers"])[b"content-length"]) - 2 * len(options[b"boundary"]) - 128
          return await respond_json(send, {"size": size, "status": "ok"})
          file = FileCounter()

      """),
    Lie(
      "stream in one chunk", .stream, foundBy: .both("verification"), "    for chunk in STREAM_CHUNKS:\n",
      #"    for chunk in [b"".join(STREAM_CHUNKS)]:"# + "\n"),
    Lie(
      "stream with a content-length", .stream, foundBy: .both("verification"),
      #"    await start(send, 200, "application/octet-stream")"# + "\n",
      #"    await start(send, 200, "application/octet-stream", length=1024000)"# + "\n"),
    Lie(
      "sse in one chunk", .sse, foundBy: .both("verification"),
      """
          for n in range(1, SSE_EVENTS + 1):
              event = f'id: {n}\\nevent: tick\\ndata: {{"seq":{n}}}\\n\\n'.encode()
      """,
      """
          events = (f'id: {n}\\nevent: tick\\ndata: {{"seq":{n}}}\\n\\n' for n in range(1, SSE_EVENTS + 1))
          for event in ["".join(events).encode()]:
      """),
    Lie(
      "sse with a content-length", .sse, foundBy: .both("verification"),
      #"        send, 200, "text/event-stream; charset=utf-8", headers=[(b"cache-control", b"no-cache")]"# + "\n",
      #"        send, 200, "text/event-stream; charset=utf-8", 1832, headers=[(b"cache-control", b"no-cache")]"# + "\n"),
    Lie(
      "background without its 10 ms", .background, foundBy: .both("background tasks"),
      "    await asyncio.sleep(0.01)\n", ""),
    Lie(
      "background whose task runs before the answer", .background, foundBy: .both("background tasks"), task,
      """
          await asyncio.sleep(0.01)
          token = query(scope).get("token")
          if token is not None:
              done_tokens[token] = None
          await respond_json(send, {"status": "accepted"})
          if token is not None:
      """),
    Lie(
      "background without a task", .background, foundBy: .both("background tasks"), task,
      """
          await respond_json(send, {"status": "accepted"})
          return
          if True:
      """),
    Lie(
      "background without a task where no token is given", .background, foundBy: .parity,
      "    await asyncio.sleep(0.01)\n",
      """
          if b"token" not in scope["query_string"]:
              return
          await asyncio.sleep(0.01)

      """),
    Lie(
      "background without its 10 ms where no token is given", .background, foundBy: .parity,
      "    await asyncio.sleep(0.01)\n",
      """
          await asyncio.sleep(0.01 if b"token" in scope["query_string"] else 0)

      """),
    Lie(
      "background whose tasks are told by the clock", .background, foundBy: .parity,
      """
          await asyncio.sleep(0.01)
          token = query(scope).get("token")
          if token is not None:
              done_tokens[token] = None
              if len(done_tokens) > MAX_TOKENS:
                  del done_tokens[next(iter(done_tokens))]


      async def background_state(scope, receive, send, token: str):
          await respond_json(send, {"done": token in done_tokens})
      """,
      """
          token = query(scope).get("token")
          if token is not None:
              done_tokens[token] = asyncio.get_running_loop().time() + 0.01


      async def background_state(scope, receive, send, token: str):
          until = done_tokens.get(token)
          is_done = until is not None and asyncio.get_running_loop().time() >= until
          await respond_json(send, {"done": is_done})
      """),
    Lie(
      "background whose state is always done", .background, foundBy: .both("background tasks"),
      #"    await respond_json(send, {"done": token in done_tokens})"#,
      #"    await respond_json(send, {"done": True})"#),
  ]
}
