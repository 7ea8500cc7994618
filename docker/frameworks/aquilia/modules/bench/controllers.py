import asyncio
import json
from functools import partial
from pathlib import Path

import asyncpg
from aquilia import GET, POST, Controller, RequestCtx, Response
from aquilia.request import PayloadTooLarge, RequestFault
from aquilia.response import CallableBackgroundTask, ServerSentEvent
from jinja2 import Environment, FileSystemLoader

import settings
from modules.bench.services import UserStore

FIXTURES = Path(settings.FIXTURES)
TEMPLATES = Environment(loader=FileSystemLoader(FIXTURES / "templates"), autoescape=True)
PAGE = TEMPLATES.get_template("page.html")
PAGE_CONTEXT = json.loads((FIXTURES / "payloads" / "page.json").read_bytes())
JSON_LARGE = json.loads((FIXTURES / "payloads" / "json-large.json").read_bytes())
STREAM_CHUNKS = [
    "".join(f"{chunk:03d}:{cell:05d}\n" for cell in range(1024)).encode()
    for chunk in range(100)
]
SSE_EVENTS = 50
SEARCH_PARAMETERS = [f"p{n}" for n in range(1, 21)]
USER_FIELDS = ("name", "email", "bio")
MAX_UPLOAD_BODY_BYTES = 17 * 1024 * 1024
UPLOAD_CHUNK_BYTES = 1024 * 1024
MAX_TOKENS = 10_000


async def stream_chunks():
    for chunk in STREAM_CHUNKS:
        yield chunk


async def ticks():
    for n in range(1, SSE_EVENTS + 1):
        yield ServerSentEvent(id=str(n), event="tick", data=f'{{"seq":{n}}}')


def refuse(status: int, message: str) -> Response:
    # Returned, not raised: a fault raised in a handler is logged with its
    # traceback, and what a client got wrong does not belong in the log.
    return Response.json({"error": message}, status=status)


class BenchController(Controller):
    prefix = "/"
    instantiation_mode = "singleton"

    def __init__(self, users: UserStore):
        self.users = users
        self.done_tokens: dict[str, None] = {}

    @GET("/ping")
    async def ping(self, ctx: RequestCtx):
        return Response.text("pong")

    @GET("/json")
    async def json_small(self, ctx: RequestCtx):
        return Response.json({"hello": "world"})

    @GET("/json-large")
    async def json_large(self, ctx: RequestCtx):
        return Response.json(JSON_LARGE)

    @GET("/html")
    async def html(self, ctx: RequestCtx):
        return Response.html(PAGE.render(PAGE_CONTEXT))

    @GET("/user/<user_id:int>")
    async def user(self, ctx: RequestCtx, user_id: int):
        if user_id < 0:
            return refuse(404, "No such user")
        return Response.json({"id": user_id, "name": f"user-{user_id}"})

    @GET("/search")
    async def search(self, ctx: RequestCtx):
        parameters = ctx.request.query_params
        found = {name: parameters.get(name) for name in SEARCH_PARAMETERS}
        if None in found.values():
            return refuse(400, "A parameter is missing")
        return Response.json(found)

    @GET("/db/<user_id:int>")
    async def db_read(self, ctx: RequestCtx, user_id: int):
        row = await self.users.find(user_id)
        if row is None:
            return refuse(404, "No such user")
        return Response.json(dict(row))

    @POST("/db")
    async def db_write(self, ctx: RequestCtx):
        try:
            body = await ctx.json()
        except RequestFault as fault:
            return refuse(400, fault.message)
        if not isinstance(body, dict):
            return refuse(400, "Body is not an object")
        for field in USER_FIELDS:
            if not isinstance(body.get(field), str):
                return refuse(400, f"{field} is not a string")
        try:
            row = await self.users.add(*(body[field] for field in USER_FIELDS))
        except asyncpg.DataError:  # text that PostgreSQL cannot hold, such as U+0000
            return refuse(400, "A field holds text that cannot be stored")
        return Response.json(dict(row), status=201)

    @POST("/upload")
    async def upload(self, ctx: RequestCtx):
        ctx.request.max_body_size = MAX_UPLOAD_BODY_BYTES
        try:
            form = await ctx.request.multipart()
            file = form.get_file("file")
            if file is None:
                return refuse(400, "file is missing")
            size = 0
            async for chunk in file.stream(UPLOAD_CHUNK_BYTES):
                size += len(chunk)
        except PayloadTooLarge as fault:
            return refuse(413, fault.message)
        except RequestFault as fault:
            return refuse(400, fault.message)
        finally:
            await ctx.request.cleanup()
        return Response.json({"size": size, "status": "ok"})

    @GET("/stream")
    async def stream(self, ctx: RequestCtx):
        return Response.stream(stream_chunks())

    @GET("/sse")
    async def sse(self, ctx: RequestCtx):
        return Response.sse(ticks())

    @GET("/background")
    async def background(self, ctx: RequestCtx):
        task = CallableBackgroundTask(partial(self.finish_task, ctx.query_param("token")))
        # Its page on responses adds the task so; `Response.json()` takes none.
        response = Response.json({"status": "accepted"})
        response._background_tasks.append(task)
        return response

    @GET("/background/<token:str>")
    async def background_state(self, ctx: RequestCtx, token: str):
        return Response.json({"done": token in self.done_tokens})

    async def finish_task(self, token: str | None):
        await asyncio.sleep(0.01)
        if token is not None:
            self.done_tokens[token] = None
            if len(self.done_tokens) > MAX_TOKENS:
                del self.done_tokens[next(iter(self.done_tokens))]
