"""What a target's image does with the framework.json of its folder: install, start, health."""

import ast
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

FOLDER = Path(__file__).parent / "frameworks" / os.environ["FRAMEWORK"]
FACTS = json.loads((FOLDER / "framework.json").read_text())
PYTHON = "/opt/venv/bin/python"
VERSIONS = Path("/opt/venv/versions.json")
ESTABLISHED = "01"
# Of a pip.conf, what says where packages come from and how to get there; not what is installed, and where to.
PIP_SETTINGS = [
    "index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "cert", "client-cert", "proxy", "timeout",
    "default-timeout", "retries", "cache-dir", "no-cache-dir", "keyring-provider",
]  # fmt: skip
# What the engine's configuration of a proxy adds to a container. Nothing here is behind one.
PROXIES = ["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"]


def command(words: list[str]) -> list[str]:
    return [word.replace("{python}", PYTHON).replace("{source}", str(FOLDER)) for word in words]


def spelled(name: str) -> str:
    """A distribution's name, however it is spelled (PEP 503)."""
    return name.lower().replace("_", "-").replace(".", "-")


def pip_environment() -> dict[str, str]:
    """This environment, with the settings of pip that count as variables, and without its files."""
    # Variables overrule files, where one of these would leave the list out, or a part of it.
    off = {name: "0" for name in ["PIP_QUIET", "PIP_VERBOSE", "PIP_USER", "PIP_GLOBAL", "PIP_SITE"]}
    asking = {**os.environ, **off, "PIP_NO_COLOR": "1"}
    words = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    listed = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, env=asking).stdout
    values = {key: ast.literal_eval(value) for key, _, value in (line.partition("=") for line in listed.splitlines())}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment["PIP_CONFIG_FILE"] = "/dev/null"
    for section in ["global", "install", ":env:"]:
        for name in PIP_SETTINGS:
            if value := values.get(f"{section}.{name}"):
                environment["PIP_" + name.upper().replace("-", "_")] = str(value)
    return environment


def pip(*words: str) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--python", PYTHON]
    subprocess.run([*pip, *words], check=True, env=pip_environment())


def install() -> None:
    """Makes the environment of pinned requirements, and checks it as a deployment without containers does."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "/opt/venv"], check=True)
    requirements = (FOLDER / FACTS["requirements"]).read_text().splitlines()
    replacement = os.environ.get("REPLACEMENT")
    if replacement:
        package = spelled(FACTS["package"])
        # A version of something that the framework runs on is named as name==version.
        replaced = spelled(replacement.partition("==")[0]) if "==" in replacement else package
        requirements = [line for line in requirements if spelled(line.partition("==")[0]) != replaced]
    pinned = Path("/tmp/requirements.txt")
    pinned.write_text("\n".join(requirements))
    pip("install", "--quiet", "--no-deps", "--no-cache-dir", "--only-binary", ":all:", "-r", str(pinned))
    if replacement:
        place = Path("/srv/replacement") / replacement
        # What is installed stays as it is, unless that contradicts what something else asks for; the framework, where not it
        # is replaced, stays in any case.
        names = [line if spelled(line.partition("==")[0]) == package else line.partition("==")[0] for line in requirements]
        source = str(place if place.exists() else replacement)
        pip("install", "--quiet", "--no-cache-dir", "--prefer-binary", source, *names)
    pip("check")
    if "native_check" in FACTS:
        subprocess.run(command(FACTS["native_check"]), check=True)
    question = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    found = subprocess.run([PYTHON, "-I", "-c", question], check=True, capture_output=True, text=True).stdout
    python = ".".join(str(part) for part in sys.version_info[:3])
    VERSIONS.write_text(json.dumps({"python": python, "distributions": json.loads(found)}))


def start() -> None:
    """Becomes the server. A signal to the container is one to the server."""
    for name in [name for name in os.environ if name.lower() in PROXIES]:
        del os.environ[name]
    for name, value in FACTS.get("environment", {}).items():
        os.environ.setdefault(name, value)
    if password := os.environ.pop("DATABASE_PASSWORD_FILE", None):
        url = os.environ["DATABASE_URL"]
        os.environ["DATABASE_URL"] = url.replace("@", f":{Path(password).read_text()}@", 1)
    words = command(FACTS["start"])
    os.execv(words[0], words)


def health() -> None:
    """Exits 0 when every worker is up: each has opened its connections to the database, and one of them answers."""
    expected = int(os.environ["WORKERS"]) * FACTS["ready"]["connections_per_worker"]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{os.environ['PORT']}{FACTS['ready']['path']}", timeout=2):
        pass
    if connections() < expected:
        sys.exit(f"{connections()} of {expected} database connections")


def connections() -> int:
    """The open connections to PostgreSQL's port, from /proc/net/tcp of this container."""
    port = os.environ["DATABASE_URL"].rpartition(":")[2].partition("/")[0]
    count = 0
    for table in ["/proc/net/tcp", "/proc/net/tcp6"]:
        for line in Path(table).read_text().splitlines()[1:]:
            _, _, remote, state, *_ = line.split()
            count += state == ESTABLISHED and int(remote.rpartition(":")[2], 16) == int(port)
    return count


if __name__ == "__main__":
    {"install": install, "start": start, "health": health}[sys.argv[1]]()
