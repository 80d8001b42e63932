"""What can be killed: PostgreSQL, Redis and the four processes of the Procfile.

Each keeps its port and its state, so that a new one takes up where the dead one was.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import throwaway
from tests.throwaway import free_port

START_S = 120
_GRACE_S = 10
_TAIL = 3000
# A station does not wait half a minute to hear of a command whose gateway died.
QUICK = {
    "OCPP_READ_ON_BOOT": "0",
    "OCPP_CALL_TIMEOUT_S": "5",
    "OCPP_BOOT_QUIET_S": "0.2",
    "OCPP_BOOT_WAIT_S": "1",
    "OCPP_SWEEP_INTERVAL_S": "1",
}


class Part:
    """One process that is killed and started again."""

    def __init__(
        self, name: str, command: list[str], log: Path, is_up: Callable[[], bool], **how: Any
    ) -> None:
        self.name, self.kills, self.falls = name, 0, 0
        self._command, self._log, self._is_up, self._how = command, log, is_up, how
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it answers; what is left of the one before may stand in its way for a while."""
        deadline = time.monotonic() + START_S
        self._spawn()
        while not self._is_up():
            if time.monotonic() > deadline:
                told = self._log.read_text(errors="replace")[-_TAIL:]
                raise TimeoutError(f"{self.name} did not start within {START_S} s:\n{told}")
            if self.has_fallen():
                self._spawn()
            time.sleep(0.1)

    def has_fallen(self) -> bool:
        """Whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """As a power cut does it: no farewell."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self.kills += 1

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _spawn(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command, stdout=output, stderr=output, **self._how
            )


class Estate:
    """All parts, and how to reach them; ``settings``: of its processes."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.postgres, database = _postgres(folder)
        self.redis, redis_url = _redis(folder)
        self.servers = {"DATABASE_URL": database, "REDIS_URL": redis_url}
        self.env = throwaway.environment(folder, **self.servers, **settings)
        self.web_port, self.gateway_ports = free_port(), [free_port(), free_port()]
        self.gateways = [
            self._server(f"gateway {number}", port)
            for number, port in enumerate(self.gateway_ports, 1)
        ]
        self.parts = [
            self.postgres, self.redis, self._server("web", self.web_port), *self.gateways,
            self._celery("worker", "--pool", "solo"), self._celery("beat"),
        ]  # fmt: skip

    @property
    def urls(self) -> list[str]:
        return [f"ws://127.0.0.1:{port}/ocpp" for port in self.gateway_ports]

    def start(self) -> None:
        for part in (self.postgres, self.redis):
            part.start()
        throwaway.make_database(self.servers["DATABASE_URL"])
        throwaway.migrate(self.env)
        throwaway.collect_static(self.env)
        for part in self.parts[2:]:
            part.start()

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.stop()

    def manage(self, *arguments: str) -> str:
        """Run a management command on this state; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=throwaway.ROOT, env=self.env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def _server(self, name: str, port: int) -> Part:
        command = [sys.executable, "manage.py", "serve", "--port", str(port)]
        is_up = lambda: throwaway.answers(f"http://127.0.0.1:{port}/healthz")  # noqa: E731
        return self._own(name, command, is_up)

    def _celery(self, name: str, *options: str) -> Part:
        """It answers nobody: that it runs must do."""
        command = [sys.executable, "-m", "celery", "-q", "-A", "ocpp_platform", name, *options]
        return self._own(name, [*command, "--loglevel", "warning"], lambda: True)

    def _own(self, name: str, command: list[str], is_up: Callable[[], bool]) -> Part:
        log = self.folder / f"{name.replace(' ', '-')}.log"
        return Part(name, command, log, is_up, cwd=throwaway.ROOT, env=self.env)


@contextmanager
def estate(settings: Mapping[str, str] = QUICK) -> Iterator[Estate]:
    """A running one; nothing of it is left behind."""
    folder = Path(tempfile.mkdtemp(prefix="estate-", dir="/tmp"))
    folder.chmod(0o755)  # PostgreSQL has a user of its own
    built = Estate(folder, settings)
    try:
        built.start()
        yield built
    finally:
        built.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _postgres(folder: Path) -> tuple[Part, str]:
    port = free_port()
    home = folder / "postgres"
    home.mkdir()
    command, user = throwaway.prepare_postgres(home, port)
    part = Part(
        "PostgreSQL", command, folder / "postgres.log",
        lambda: throwaway.is_postgres_ready(port), user=user, cwd=home,
    )  # fmt: skip
    return part, f"postgres://tester@127.0.0.1:{port}/platform"


def _redis(folder: Path) -> tuple[Part, str]:
    port = free_port()
    command = throwaway.redis_command(port)
    part = Part("Redis", command, folder / "redis.log", lambda: throwaway.is_open(port), cwd=folder)
    return part, f"redis://127.0.0.1:{port}/0"
