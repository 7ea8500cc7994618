import os
import secrets
from pathlib import Path

import uvicorn

import settings

if __name__ == "__main__":
    os.environ["AQUILIA_WORKSPACE"] = str(Path(__file__).resolve().parent)
    os.environ["AQUILIA_ENV"] = "prod"
    # Without it a worker that cannot start would serve an error page instead.
    os.environ["AQUILIA_FAIL_FAST"] = "1"
    os.environ.setdefault("AQ_SECRET_KEY", secrets.token_urlsafe(32))
    uvicorn.run(
        "aquilia.entrypoint:app",
        host=settings.HOST,
        port=settings.PORT,
        workers=settings.WORKERS,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
    )
