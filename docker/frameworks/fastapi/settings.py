import os
import sys


def required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set")
    return value


HOST = required("HOST")
PORT = int(required("PORT"))
WORKERS = int(required("WORKERS"))
DATABASE_URL = required("DATABASE_URL")
FIXTURES = required("FIXTURES")
TARGET = required("TARGET")
