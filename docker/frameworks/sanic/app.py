import asyncio
import os
import sys
from pathlib import Path

import asyncpg
from jinja2 import Environment, FileSystemLoader
from python_multipart import create_form_parser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import File
from sanic import BadRequest, NotFound, Request, Sanic, Websocket, html, json, text
from sanic.response import json_dumps
from ujson import loads


def required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set")
    return value


HOST = required("HOST")
PORT = int(required("PORT"))
WORKERS = int(required("WORKERS"))
DATABASE_URL = required("DATABASE_URL")
FIXTURES = Path(required("FIXTURES"))
TARGET = required("TARGET")

TEMPLATES = Environment(loader=FileSystemLoader(FIXTURES / "templates"), autoescape=True)
PAGE = TEMPLATES.get_template("page.html")
PAGE_CONTEXT = loads((FIXTURES / "payloads" / "page.json").read_bytes())
JSON_LARGE = loads((FIXTURES / "payloads" / "json-large.json").read_bytes())
STREAM_CHUNKS = [
    "".join(f"{chunk:03d}:{cell:05d}\n" for cell in range(1024)).encode()
    for chunk in range(100)
]
SSE_EVENTS = 50
SEARCH_PARAMETERS = [f"p{n}" for n in range(1, 21)]
UPLOAD_CHUNK_BYTES = 1024 * 1024
USER_FIELDS = ("name", "email", "bio")
MAX_TOKENS = 10_000
SELECT_USER = "SELECT id, name, email, bio FROM bench_users WHERE id = $1"
INSERT_USER = (
    "INSERT INTO bench_users (name, email, bio) VALUES ($1, $2, $3)"
    " RETURNING id, name, email, bio"
)

app = Sanic("framework-shootout")
app.config.FALLBACK_ERROR_FORMAT = "json"
# Without an index, a request for the directory itself would be answered with 500.
app.static("/static", FIXTURES / "static", index="index.html")
app.ctx.done_tokens = {}


@app.before_server_start
async def open_pool(app: Sanic):
    app.ctx.pool = await asyncpg.create_pool(
        DATABASE_URL,
        min_size=4,
        max_size=8,
        server_settings={"application_name": TARGET},
    )


@app.after_server_stop
async def close_pool(app: Sanic):
    await app.ctx.pool.close()


@app.get("/ping")
async def ping(request: Request):
    return text("pong")


@app.get("/json")
async def json_small(request: Request):
    return json({"hello": "world"})


@app.get("/json-large")
async def json_large(request: Request):
    return json(JSON_LARGE)


@app.get("/html")
async def html_page(request: Request):
    return html(PAGE.render(PAGE_CONTEXT))


@app.get("/user/<user_id:int>")
async def user(request: Request, user_id: int):
    if user_id < 0:
        raise NotFound("No such user")
    return json({"id": user_id, "name": f"user-{user_id}"})


@app.get("/search")
async def search(request: Request):
    arguments = request.get_args(keep_blank_values=True)
    found = {name: arguments.get(name) for name in SEARCH_PARAMETERS}
    if None in found.values():
        raise BadRequest("A parameter is missing")
    return json(found)


@app.get("/db/<user_id:int>")
async def db_read(request: Request, user_id: int):
    try:
        row = await request.app.ctx.pool.fetchrow(SELECT_USER, user_id)
    except asyncpg.DataError:  # beyond bigint, so there is no such row
        row = None
    if row is None:
        raise NotFound("No such user")
    return json(dict(row))


@app.post("/db")
async def db_write(request: Request):
    body = request.json
    if not isinstance(body, dict):
        raise BadRequest("Body is not an object")
    for field in USER_FIELDS:
        if not isinstance(body.get(field), str):
            raise BadRequest(f"{field} is not a string")
    try:
        row = await request.app.ctx.pool.fetchrow(
            INSERT_USER, *(body[field] for field in USER_FIELDS)
        )
    except asyncpg.DataError:  # text that PostgreSQL cannot hold, such as U+0000
        raise BadRequest("A field holds text that cannot be stored") from None
    return json(dict(row), status=201)


# Sanic's own forms hold whole bodies in memory. Fifty uploads at a time would need more of it than a small server has,
# so the body is streamed, through a parser that spools larger files to disk.
@app.post("/upload", stream=True)
async def upload(request: Request):
    sizes = {}

    def measure(file: File):
        file.file_object.seek(0)
        size = 0
        while chunk := file.file_object.read(UPLOAD_CHUNK_BYTES):
            size += len(chunk)
        file.close()
        sizes[file.field_name] = size

    try:
        content_type = request.headers.get("content-type", "")
        parser = create_form_parser({"Content-Type": content_type}, None, measure)
        while (chunk := await request.stream.read()) is not None:
            parser.write(chunk)
        parser.finalize()
    except FormParserError:
        raise BadRequest("Body is not a form") from None
    if b"file" not in sizes:
        raise BadRequest("file is missing")
    return json({"size": sizes[b"file"], "status": "ok"})


@app.get("/stream")
async def stream(request: Request):
    response = await request.respond(content_type="application/octet-stream")
    for chunk in STREAM_CHUNKS:
        await response.send(chunk)
    await response.eof()


@app.get("/sse")
async def sse(request: Request):
    response = await request.respond(
        headers={"cache-control": "no-cache"}, content_type="text/event-stream; charset=utf-8"
    )
    for n in range(1, SSE_EVENTS + 1):
        await response.send(f'id: {n}\nevent: tick\ndata: {{"seq":{n}}}\n\n')
    await response.eof()


@app.websocket("/ws")
async def websocket(request: Request, ws: Websocket):
    async for message in ws:
        try:
            envelope = loads(message)
            if envelope["event"] != "echo":
                raise ValueError("unknown event")
            reply = json_dumps(envelope["data"])
        except (KeyError, TypeError, ValueError, RecursionError):
            await ws.close(1007, "not an echo message")
            return
        await ws.send(reply)


async def finish_task(app: Sanic, token: str | None):
    await asyncio.sleep(0.01)
    if token is not None:
        done_tokens = app.ctx.done_tokens
        done_tokens[token] = None
        if len(done_tokens) > MAX_TOKENS:
            del done_tokens[next(iter(done_tokens))]


@app.get("/background")
async def background(request: Request):
    request.app.add_task(finish_task(request.app, request.args.get("token")))
    return json({"status": "accepted"})


@app.get("/background/<token:str>", unquote=True)
async def background_state(request: Request, token: str):
    return json({"done": token in request.app.ctx.done_tokens})


if __name__ == "__main__":
    app.run(host=HOST, port=PORT, workers=WORKERS, access_log=False, motd=False)
