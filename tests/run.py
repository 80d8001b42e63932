"""The whole suite: on the embedded default, then on PostgreSQL and Redis where installed.

``python -m tests.run [--embedded | --production] [pytest arguments]``. The whole of it runs in
parallel workers; named parts of it run in one process. What says the same on either database runs
once: pure tests, wire and screen beside SQLite, those marked ``once`` beside PostgreSQL. Says what
it ran, what it could not, and how long it took.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests import throwaway
from tests.workers import BESIDE_POSTGRES, BESIDE_SQLITE, LEFT_OUT, MIGRATED, ONCE, PURE, SERVERS

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
WORKERS = 2 * (os.cpu_count() or 1)  # a test of a server waits about as long as it works
PARALLEL = ["-n", str(WORKERS), "--dist", "worksteal"]
NOTHING_COLLECTED = 5
LONGEST_LAW_S = 5 * 3_600  # one that is tried on twenty times as many examples does not hang


def main(arguments: list[str]) -> int:
    began = time.monotonic()
    wants = {name for name in ("--embedded", "--production") if name in arguments}
    chosen = [argument for argument in arguments if argument not in wants]
    rest = chosen or PARALLEL
    throwaway.share_static()
    has_both = not wants and throwaway.has_servers()
    results: dict[str, int | None] = {}
    if "--production" not in wants:
        results["embedded (SQLite, no Redis)"] = _embedded(rest, leave_out=ONCE * has_both)
    if "--embedded" not in wants:
        results["production (PostgreSQL, Redis)"] = _production(rest, leave_out=PURE * has_both)
    print("\n" + "\n".join(f"{name}: {_words(code)}" for name, code in results.items()))
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    print(f"took {minutes} min {seconds} s")
    return _verdict([code for code in results.values() if code is not None], is_all=not chosen)


def _embedded(arguments: list[str], *, leave_out: str) -> int:
    with tempfile.TemporaryDirectory() as state:
        env = throwaway.environment(Path(state))
        throwaway.migrate(env)
        env[MIGRATED] = str(Path(state) / "platform.sqlite3")
        return _pytest(env, "not postgres", arguments, leave_out)


def _production(arguments: list[str], *, leave_out: str) -> int | None:
    """Servers for each worker: what one holds back or keeps busy is nothing to another."""
    if not throwaway.has_servers():
        return None
    with tempfile.TemporaryDirectory() as state, ExitStack() as stack:
        cluster = stack.enter_context(throwaway.migrated_cluster())
        servers = [
            (
                stack.enter_context(throwaway.postgres("fsync=off", like=cluster)),
                stack.enter_context(throwaway.redis()),
            )
            for _ in range(WORKERS if arguments is PARALLEL else 1)
        ]
        database, redis = servers[0]
        env = throwaway.environment(Path(state), DATABASE_URL=database, REDIS_URL=redis)
        env[SERVERS], env[MIGRATED] = json.dumps(servers), database.rpartition("/")[2]
        return _pytest(env, "not embedded", arguments, leave_out)


def _pytest(env: dict[str, str], marks: str, arguments: list[str], leave_out: str) -> int:
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is not there: the browser tests are left out.")
        marks += " and not browser"
    if shutil.which("haproxy") is None:
        print("haproxy is not installed: the tests behind it are left out.")
        marks += " and not haproxy"
    command = ["-m", "pytest", "-p", "tests.workers", "--reuse-db", "-m", marks, *arguments]
    if os.environ.get("THOROUGH") == "1":
        command += ["-o", f"faulthandler_timeout={LONGEST_LAW_S}"]
    env[LEFT_OUT] = leave_out
    for kind, paths in ((ONCE, BESIDE_POSTGRES), (PURE, BESIDE_SQLITE)):
        if leave_out == kind:
            print(f"Left to the run on the other database: {', '.join(paths)}.", flush=True)
    return subprocess.run([sys.executable, *command], cwd=throwaway.ROOT, env=env).returncode


def _verdict(codes: list[int], *, is_all: bool) -> int:
    """0 where all that ran passed; a part may have tests on one of the databases only."""
    ran = [code for code in codes if code != NOTHING_COLLECTED]
    return max(map(abs, codes if is_all or not ran else ran), default=0)


def _words(code: int | None) -> str:
    if code is None:
        return "NOT RUN, postgres or redis-server is not installed"
    if code == NOTHING_COLLECTED:
        return "NO TEST FITS"
    return "passed" if code == 0 else f"FAILED ({code})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
