"""Throw-away servers for tests and benchmarks: PostgreSQL, Redis, and the platform itself.

Each listens on a free port of 127.0.0.1, keeps its state in a temporary folder, and is gone
at the end of its ``with`` block. PostgreSQL does not run as root: then it gets the user
``postgres``.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60
STATIC = "TESTS_STATIC"  # where the files of all pages lie, if somebody has collected them
NOT_HANDED_ON = ("DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, what: str) -> None:
    """Until something listens there; TimeoutError names ``what`` did not."""
    _wait(lambda: is_open(port), what)


def postgres_folder() -> Path | None:
    """Where PostgreSQL's programs are, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    onpath = shutil.which("initdb")
    return Path(onpath).parent if onpath else None


def has_servers() -> bool:
    return postgres_folder() is not None and shutil.which("redis-server") is not None


@contextmanager
def postgres(*options: str, like: Path | None = None) -> Iterator[str]:
    """A PostgreSQL server; yields the address of its database: empty, or as it is in ``like``,
    the folder of a cluster that is stopped.
    """
    with _folder("pg-") as folder, _serving(folder, *options, like=like) as address:
        yield address


@contextmanager
def migrated_cluster() -> Iterator[Path]:
    """The folder of a PostgreSQL that is stopped, with a migrated database in it."""
    with _folder("pg-") as folder, _folder("state-") as state:
        with _serving(folder, "fsync=off") as address:
            migrate(environment(state, DATABASE_URL=address))
        yield folder


@contextmanager
def _serving(folder: Path, *options: str, like: Path | None = None) -> Iterator[str]:
    port = free_port()
    command, user = prepare_postgres(folder, port, *options, like=like)
    address = f"postgres://tester@127.0.0.1:{port}/platform"
    with _process(command, log=folder / "log", user=user, cwd=folder):
        _wait(lambda: is_postgres_ready(port), "PostgreSQL")
        if like is None:
            make_database(address)
        yield address


@contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    """A folder of its own, with a path that is short enough for a Unix socket."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def prepare_postgres(
    folder: Path, port: int, *options: str, like: Path | None = None
) -> tuple[list[str], str | None]:
    """A cluster in ``folder``, empty or a copy; the command that serves it, and as which user."""
    programs = _postgres_programs()
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    initdb = [programs / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "-N"]
    make = ["cp", "-r", like / "data", data] if like else initdb
    subprocess.run(make, user=user, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    settings = ("max_connections=200", f"unix_socket_directories={folder}", *options)
    command = [programs / "postgres", "-D", data, "-p", port, "-h", "127.0.0.1"]
    command += [part for setting in settings for part in ("-c", setting)]
    return [str(part) for part in command], user


def make_database(address: str) -> None:
    """The database that ``address`` names."""
    parts = urlsplit(address)
    where = ["-h", str(parts.hostname), "-p", str(parts.port), "-U", str(parts.username)]
    command = [_postgres_programs() / "createdb", *where, parts.path[1:]]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server that keeps nothing; yields its address."""
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="redis-"))
    with _process(redis_command(port), log=folder / "log", cwd=folder):
        _wait(lambda: is_open(port), "Redis")
        yield f"redis://127.0.0.1:{port}/0"
    shutil.rmtree(folder, ignore_errors=True)


def redis_command(port: int) -> list[str]:
    """A server that keeps nothing."""
    keeps_nothing = ["--save", "", "--appendonly", "no"]
    return ["redis-server", "--port", str(port), "--bind", "127.0.0.1", *keeps_nothing]


@dataclass
class Platform:
    """A running server process of ours, and how to reach it."""

    port: int
    env: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path
    host: str = field(default="127.0.0.1")

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def ocpp(self) -> str:
        return f"ws://{self.host}:{self.port}/ocpp"

    def manage(self, *arguments: str) -> str:
        """Run a management command against the same state; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def kill(self) -> None:
        """As a power cut does it: no farewell."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def environment(state: Path, **given: str) -> dict[str, str]:
    """The environment of a platform whose state is in ``state``; it keeps what it compiles."""
    base = {k: v for k, v in os.environ.items() if k not in NOT_HANDED_ON}
    return {**base, "VAR": str(state), "DEBUG": "0", "PYTHONWARNINGS": "default", **given}


def migrate(env: dict[str, str]) -> None:
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)


def collect_static(env: dict[str, str]) -> None:
    """What pages need besides the database."""
    target = Path(env["VAR"]) / "static"
    if not target.exists():
        target.symlink_to(_collected())


def share_static() -> None:
    """What runs from here on takes the files of all pages from this process."""
    os.environ[STATIC] = str(_collected())


@cache
def _collected() -> Path:
    """The files of all pages, collected once for all servers of this process."""
    if given := os.environ.get(STATIC):
        return Path(given)
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment(folder), check=True)
    return folder / "static"


@contextmanager
def platform(state: Path, port: int | None = None, /, **given: str) -> Iterator[Platform]:
    """Our server on a free port. The database must be migrated (see ``migrate``)."""
    port = port or free_port()
    env = environment(state, **given)
    collect_static(env)
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    log = state / f"serve-{port}.log"
    with _process(command, log=log, cwd=ROOT, env=env) as process:
        served = Platform(port, env, process, log)
        _wait(lambda: answers(f"{served.url}/healthz"), f"the platform ({log})")
        yield served


@contextmanager
def production(state: Path, *options: str) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis, migrated; yields the environment that names them."""
    with ExitStack() as stack:
        given = {
            "DATABASE_URL": stack.enter_context(postgres(*options)),
            "REDIS_URL": stack.enter_context(redis()),
        }
        migrate(environment(state, **given))
        yield given


@contextmanager
def _process(
    command: Sequence[object], *, log: Path, user: str | None = None, **where: object
) -> "Iterator[subprocess.Popen[bytes]]":
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=output, stderr=output, user=user, **where
        )  # type: ignore[call-overload]
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(is_there: object, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_there():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not start within {PATIENCE_S} s")
        time.sleep(0.05)


def _postgres_programs() -> Path:
    programs = postgres_folder()
    if programs is None:
        raise FileNotFoundError("PostgreSQL's programs are not installed")
    return programs


def is_postgres_ready(port: int) -> bool:
    asked = [str(_postgres_programs() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(asked, check=False).returncode == 0


def is_open(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False
