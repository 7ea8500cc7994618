"""The wire contract as a bare ASGI application: the work without a framework.

It is the ceiling that the frameworks are measured against, so where a library
is a free choice (orjson, python-multipart fed by hand) it takes the fast one.
"""

import asyncio
from pathlib import Path
from urllib.parse import parse_qsl

import asyncpg
import orjson
from jinja2 import Environment, FileSystemLoader
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

import settings

FIXTURES = Path(settings.FIXTURES)
TEMPLATES = Environment(loader=FileSystemLoader(FIXTURES / "templates"), autoescape=True)
PAGE = TEMPLATES.get_template("page.html")
PAGE_CONTEXT = orjson.loads((FIXTURES / "payloads" / "page.json").read_bytes())
JSON_LARGE = orjson.loads((FIXTURES / "payloads" / "json-large.json").read_bytes())
STREAM_CHUNKS = [
    "".join(f"{chunk:03d}:{cell:05d}\n" for cell in range(1024)).encode()
    for chunk in range(100)
]
SSE_EVENTS = 50
SEARCH_PARAMETERS = [f"p{n}" for n in range(1, 21)]
USER_FIELDS = ("name", "email", "bio")
SELECT_USER = "SELECT id, name, email, bio FROM bench_users WHERE id = $1"
INSERT_USER = (
    "INSERT INTO bench_users (name, email, bio) VALUES ($1, $2, $3)"
    " RETURNING id, name, email, bio"
)
MAX_BODY_BYTES = 1024 * 1024
MAX_TOKENS = 10_000


class ClientError(Exception):
    def __init__(self, status: int, message: str, headers=()):
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


class StaticFile:
    """A small file kept in memory for as long as the file on disk is the same.

    One stat of a file that is in use costs microseconds, less than handing the
    read to a thread, so it neither blocks the event loop nor serves stale bytes.
    """

    def __init__(self, path: Path):
        self.path = path
        self.version = None
        self.content = b""

    def read(self) -> bytes:
        status = self.path.stat()
        version = (status.st_mtime_ns, status.st_size)
        if version != self.version:
            self.content = self.path.read_bytes()
            self.version = version
        return self.content


STATIC_FILES = {
    f"/static/{path.name}": StaticFile(path) for path in (FIXTURES / "static").iterdir()
}

pool: asyncpg.Pool
done_tokens: dict[str, None] = {}


async def start(send, status: int, content_type: str, length: int | None = None, headers=()):
    fields = [(b"content-type", content_type.encode("latin-1")), *headers]
    if length is not None:
        fields.append((b"content-length", str(length).encode("ascii")))
    await send({"type": "http.response.start", "status": status, "headers": fields})


async def respond(send, body: bytes, content_type: str, status: int = 200, headers=()):
    await start(send, status, content_type, len(body), headers)
    await send({"type": "http.response.body", "body": body})


async def respond_json(send, value, status: int = 200, headers=()):
    await respond(send, orjson.dumps(value), "application/json", status, headers)


async def body_chunks(receive):
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


async def read_body(receive) -> bytes:
    body = bytearray()
    async for chunk in body_chunks(receive):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise ClientError(413, "body too large")
    return bytes(body)


def query(scope) -> dict[str, str]:
    values: dict[str, str] = {}
    for key, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        values.setdefault(key, value)
    return values


def path_id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise ClientError(404, "not found")
    return int(text)


async def ping(scope, receive, send):
    await respond(send, b"pong", "text/plain; charset=utf-8")


async def json_small(scope, receive, send):
    await respond_json(send, {"hello": "world"})


async def json_large(scope, receive, send):
    await respond_json(send, JSON_LARGE)


async def html(scope, receive, send):
    await respond(send, PAGE.render(PAGE_CONTEXT).encode("utf-8"), "text/html; charset=utf-8")


async def user(scope, receive, send, text: str):
    user_id = path_id(text)
    await respond_json(send, {"id": user_id, "name": f"user-{user_id}"})


async def search(scope, receive, send):
    values = query(scope)
    try:
        found = {name: values[name] for name in SEARCH_PARAMETERS}
    except KeyError as error:
        raise ClientError(400, f"missing parameter {error.args[0]}") from None
    await respond_json(send, found)


async def db_read(scope, receive, send, text: str):
    try:
        row = await pool.fetchrow(SELECT_USER, path_id(text))
    except asyncpg.DataError:  # beyond bigint, so there is no such row
        row = None
    if row is None:
        raise ClientError(404, "not found")
    await respond_json(send, dict(row))


async def db_write(scope, receive, send):
    try:
        body = orjson.loads(await read_body(receive))
    except orjson.JSONDecodeError:
        raise ClientError(400, "body is not JSON") from None
    if not isinstance(body, dict):
        raise ClientError(400, "body is not an object")
    for field in USER_FIELDS:
        if not isinstance(body.get(field), str):
            raise ClientError(400, f"{field} is not a string")
    try:
        row = await pool.fetchrow(INSERT_USER, *(body[field] for field in USER_FIELDS))
    except asyncpg.DataError:  # text that PostgreSQL cannot hold, such as U+0000
        raise ClientError(400, "a field holds text that cannot be stored") from None
    await respond_json(send, dict(row), status=201)


class FileCounter:
    """Counts the bytes of the part called `file` as the parser meets them."""

    def __init__(self):
        self.size = None
        self.complete = False
        self._name = bytearray()
        self._value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._counting = False

    def callbacks(self) -> dict:
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_end": self._end,
        }

    def _part_begin(self):
        self._headers.clear()
        self._counting = False

    def _header_field(self, data: bytes, start: int, end: int):
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int):
        self._value += data[start:end]

    def _header_end(self):
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _headers_finished(self):
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        if options.get(b"name") == b"file" and b"filename" in options and self.size is None:
            self.size = 0
            self._counting = True

    def _part_data(self, data: bytes, start: int, end: int):
        if self._counting:
            self.size += end - start

    def _end(self):
        self.complete = True


async def upload(scope, receive, send):
    content_type = dict(scope["headers"]).get(b"content-type")
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise ClientError(400, "body is not multipart/form-data")
    file = FileCounter()
    try:
        parser = MultipartParser(options[b"boundary"], file.callbacks())
        async for chunk in body_chunks(receive):
            parser.write(chunk)
    except MultipartParseError:
        raise ClientError(400, "body is not well-formed multipart") from None
    if file.size is None or not file.complete:
        raise ClientError(400, "file is missing")
    await respond_json(send, {"size": file.size, "status": "ok"})


async def stream(scope, receive, send):
    await start(send, 200, "application/octet-stream")
    for chunk in STREAM_CHUNKS:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body"})


async def sse(scope, receive, send):
    await start(
        send, 200, "text/event-stream; charset=utf-8", headers=[(b"cache-control", b"no-cache")]
    )
    for n in range(1, SSE_EVENTS + 1):
        event = f'id: {n}\nevent: tick\ndata: {{"seq":{n}}}\n\n'.encode()
        await send({"type": "http.response.body", "body": event, "more_body": True})
    await send({"type": "http.response.body"})


async def static(scope, receive, send, file: StaticFile):
    await respond(send, file.read(), "application/octet-stream")


async def background(scope, receive, send):
    await respond_json(send, {"status": "accepted"})
    await asyncio.sleep(0.01)
    token = query(scope).get("token")
    if token is not None:
        done_tokens[token] = None
        if len(done_tokens) > MAX_TOKENS:
            del done_tokens[next(iter(done_tokens))]


async def background_state(scope, receive, send, token: str):
    await respond_json(send, {"done": token in done_tokens})


ROUTES = {
    "/ping": ("GET", ping),
    "/json": ("GET", json_small),
    "/json-large": ("GET", json_large),
    "/html": ("GET", html),
    "/search": ("GET", search),
    "/db": ("POST", db_write),
    "/upload": ("POST", upload),
    "/stream": ("GET", stream),
    "/sse": ("GET", sse),
    "/background": ("GET", background),
}
ROUTES_WITH_PARAMETER = {
    "/user": ("GET", user),
    "/db": ("GET", db_read),
    "/background": ("GET", background_state),
}


def find_route(path: str):
    if path in ROUTES:
        method, handler = ROUTES[path]
        return (method,), handler, ()
    if path in STATIC_FILES:
        return ("GET", "HEAD"), static, (STATIC_FILES[path],)
    prefix, _, parameter = path.rpartition("/")
    if parameter and prefix in ROUTES_WITH_PARAMETER:
        method, handler = ROUTES_WITH_PARAMETER[prefix]
        return (method,), handler, (parameter,)
    raise ClientError(404, "not found")


async def http(scope, receive, send):
    try:
        methods, handler, arguments = find_route(scope["path"])
        if scope["method"] not in methods:
            allow = ", ".join(methods).encode("ascii")
            raise ClientError(405, "method not allowed", headers=[(b"allow", allow)])
        await handler(scope, receive, send, *arguments)
    except ClientError as error:
        await respond_json(send, {"error": error.message}, error.status, error.headers)
    except ConnectionResetError:
        pass


async def websocket(scope, receive, send):
    await receive()
    if scope["path"] != "/ws":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        try:
            envelope = orjson.loads(message.get("text") or "")
            if envelope["event"] != "echo":
                raise ValueError("unknown event")
            reply = orjson.dumps(envelope["data"]).decode("utf-8")
        except (ValueError, KeyError, TypeError):
            await send({"type": "websocket.close", "code": 1007, "reason": "not an echo message"})
            return
        await send({"type": "websocket.send", "text": reply})


async def lifespan(scope, receive, send):
    global pool
    await receive()
    pool = await asyncpg.create_pool(
        settings.DATABASE_URL,
        min_size=4,
        max_size=8,
        server_settings={"application_name": settings.TARGET},
    )
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})


PROTOCOLS = {"http": http, "websocket": websocket, "lifespan": lifespan}


async def app(scope, receive, send):
    await PROTOCOLS[scope["type"]](scope, receive, send)
