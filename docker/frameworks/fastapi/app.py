import asyncio
import json
from collections.abc import AsyncIterable, Callable
from contextlib import asynccontextmanager
from pathlib import Path as FilePath
from typing import Annotated, Any

import asyncpg
from fastapi import (
    BackgroundTasks,
    FastAPI,
    HTTPException,
    Path,
    Query,
    Request,
    UploadFile,
    WebSocket,
    WebSocketDisconnect,
    status,
)
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel, create_model

import settings

FIXTURES = FilePath(settings.FIXTURES)
TEMPLATES = Environment(loader=FileSystemLoader(FIXTURES / "templates"), autoescape=True)
PAGE = TEMPLATES.get_template("page.html")
PAGE_CONTEXT = json.loads((FIXTURES / "payloads" / "page.json").read_bytes())
JSON_LARGE = json.loads((FIXTURES / "payloads" / "json-large.json").read_bytes())
STREAM_CHUNKS = [
    "".join(f"{chunk:03d}:{cell:05d}\n" for cell in range(1024)).encode()
    for chunk in range(100)
]
SSE_EVENTS = 50
UPLOAD_CHUNK_BYTES = 1024 * 1024
MAX_TOKENS = 10_000
MAX_BIGINT = 2**63 - 1
SELECT_USER = "SELECT id, name, email, bio FROM bench_users WHERE id = $1"
INSERT_USER = (
    "INSERT INTO bench_users (name, email, bio) VALUES ($1, $2, $3)"
    " RETURNING id, name, email, bio"
)


class UserName(BaseModel):
    id: int
    name: str


class NewUser(BaseModel):
    name: str
    email: str
    bio: str


class User(BaseModel):
    id: int
    name: str
    email: str
    bio: str


class UploadResult(BaseModel):
    size: int
    status: str


class TaskState(BaseModel):
    done: bool


SearchParameters = create_model("SearchParameters", **{f"p{n}": (str, ...) for n in range(1, 21)})

UserId = Annotated[int, Path(ge=0, le=MAX_BIGINT)]

shared: dict[str, asyncpg.Pool] = {}


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(
        settings.DATABASE_URL,
        min_size=4,
        max_size=8,
        server_settings={"application_name": settings.TARGET},
    ) as pool:
        shared["pool"] = pool
        yield


app = FastAPI(title="Framework Shootout", lifespan=lifespan)
app.mount("/static", StaticFiles(directory=FIXTURES / "static"), name="static")

done_tokens: dict[str, None] = {}


@app.exception_handler(RequestValidationError)
async def validation_failed(request: Request, error: RequestValidationError) -> JSONResponse:
    in_body = any(item["loc"][0] == "body" for item in error.errors())
    # The rejected input stays out of the answer: it may hold NaN or lone
    # surrogates, which JSON cannot carry.
    detail = [{key: item[key] for key in ("type", "loc", "msg")} for item in error.errors()]
    return JSONResponse(
        {"detail": detail},
        status_code=(
            status.HTTP_400_BAD_REQUEST if in_body else status.HTTP_422_UNPROCESSABLE_CONTENT
        ),
    )


@app.get("/ping", response_class=PlainTextResponse)
async def ping():
    return PlainTextResponse("pong")


@app.get("/json")
async def json_small() -> dict[str, str]:
    return {"hello": "world"}


@app.get("/json-large")
async def json_large() -> dict[str, Any]:
    return JSON_LARGE


@app.get("/html", response_class=HTMLResponse)
async def html():
    return HTMLResponse(PAGE.render(PAGE_CONTEXT))


@app.get("/user/{user_id}")
async def user(user_id: UserId) -> UserName:
    return UserName(id=user_id, name=f"user-{user_id}")


@app.get("/search")
async def search(parameters: Annotated[SearchParameters, Query()]) -> SearchParameters:
    return parameters


@app.get("/db/{user_id}")
async def db_read(user_id: UserId) -> User:
    row = await shared["pool"].fetchrow(SELECT_USER, user_id)
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No such user")
    return User(**row)


@app.post("/db", status_code=status.HTTP_201_CREATED)
async def db_write(new: NewUser) -> User:
    try:
        row = await shared["pool"].fetchrow(INSERT_USER, new.name, new.email, new.bio)
    except asyncpg.DataError:  # text that PostgreSQL cannot hold, such as U+0000
        raise HTTPException(
            status.HTTP_400_BAD_REQUEST, "A field holds text that cannot be stored"
        ) from None
    return User(**row)


@app.post("/upload")
async def upload(file: UploadFile) -> UploadResult:
    size = 0
    while chunk := await file.read(UPLOAD_CHUNK_BYTES):
        size += len(chunk)
    return UploadResult(size=size, status="ok")


class OctetStreamingResponse(StreamingResponse):
    media_type = "application/octet-stream"


def where_possible(path: str):
    """Adds a route that not every version of FastAPI can have; one that cannot answers 501, with the reason."""

    def add(route: Callable[[], None]):
        try:
            route()
        except Exception as lacking:
            reason = str(lacking)

            @app.get(path, response_class=PlainTextResponse)
            async def not_possible():
                return PlainTextResponse(reason, status.HTTP_501_NOT_IMPLEMENTED)

    return add


@where_possible("/stream")
def add_stream():
    @app.get("/stream", response_class=OctetStreamingResponse)
    async def stream() -> AsyncIterable[bytes]:
        for chunk in STREAM_CHUNKS:
            yield chunk


@where_possible("/sse")
def add_sse():
    from fastapi.sse import EventSourceResponse, ServerSentEvent

    @app.get("/sse", response_class=EventSourceResponse)
    async def sse() -> AsyncIterable[ServerSentEvent]:
        for n in range(1, SSE_EVENTS + 1):
            yield ServerSentEvent(raw_data=f'{{"seq":{n}}}', event="tick", id=str(n))


@app.websocket("/ws")
async def websocket(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive_json()
            if message["event"] != "echo":
                raise ValueError("unknown event")
            await websocket.send_json(message["data"])
    except WebSocketDisconnect:
        pass
    except (KeyError, TypeError, ValueError, RecursionError):
        await websocket.close(status.WS_1007_INVALID_FRAME_PAYLOAD_DATA)


async def finish_task(token: str | None):
    await asyncio.sleep(0.01)
    if token is not None:
        done_tokens[token] = None
        if len(done_tokens) > MAX_TOKENS:
            del done_tokens[next(iter(done_tokens))]


@app.get("/background")
async def background(tasks: BackgroundTasks, token: str | None = None) -> dict[str, str]:
    tasks.add_task(finish_task, token)
    return {"status": "accepted"}


@app.get("/background/{token}")
async def background_state(token: str) -> TaskState:
    return TaskState(done=token in done_tokens)
