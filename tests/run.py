"""The whole suite: on the embedded default, then on PostgreSQL and Redis where installed.

``python -m tests.run [--embedded | --production] [pytest arguments]``. Says what it ran, and
what it could not.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import throwaway

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
NOTHING_COLLECTED = 5


def main(arguments: list[str]) -> int:
    wants = {name for name in ("--embedded", "--production") if name in arguments}
    rest = [argument for argument in arguments if argument not in wants]
    results: dict[str, int | None] = {}
    if "--production" not in wants:
        results["embedded (SQLite, no Redis)"] = _embedded(rest)
    if "--embedded" not in wants:
        results["production (PostgreSQL, Redis)"] = _production(rest)
    print("\n" + "\n".join(f"{name}: {_words(code)}" for name, code in results.items()))
    return max((abs(code) for code in results.values() if code is not None), default=0)


def _embedded(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as state:
        env = throwaway.environment(Path(state))
        return _pytest(env, "not postgres", arguments)


def _production(arguments: list[str]) -> int | None:
    if not throwaway.has_servers():
        return None
    with (
        tempfile.TemporaryDirectory() as state,
        throwaway.postgres("fsync=off") as database,
        throwaway.redis() as redis,
    ):
        env = throwaway.environment(Path(state), DATABASE_URL=database, REDIS_URL=redis)
        return _pytest(env, "not embedded", arguments)


def _pytest(env: dict[str, str], marks: str, arguments: list[str]) -> int:
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is not there: the browser tests are left out.")
        marks += " and not browser"
    if shutil.which("haproxy") is None:
        print("haproxy is not installed: the tests behind it are left out.")
        marks += " and not haproxy"
    command = [sys.executable, "-m", "pytest", "-m", marks, *arguments]
    code = subprocess.run(command, cwd=throwaway.ROOT, env=env, check=False).returncode
    return 0 if code == NOTHING_COLLECTED and arguments else code


def _words(code: int | None) -> str:
    if code is None:
        return "NOT RUN, postgres or redis-server is not installed"
    return "passed" if code == 0 else f"FAILED ({code})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
