"""Everything on one machine: prepare the state, then serve, work, schedule and demonstrate.

``python -m ocpp_platform.run`` (what ``make run`` does). Ctrl-C ends every process that it
started, a second one at once; so does the end of the server.
"""

import os
import signal
import socket
import sys
import time
from contextlib import closing
from types import FrameType

import django
from django.core.management import call_command

from ocpp_platform.supervision import Crew


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocpp_platform.settings")
    port = _port()
    os.environ.setdefault("OCPP_PUBLIC_URL", f"http://127.0.0.1:{port}")
    django.setup()
    has_demo = _prepare()
    _run(port, Crew(_commands(port, has_demo)))


def _prepare() -> bool:
    """Database, static files, administrator, demo; whether the demo stations shall run."""
    from ocpp_platform import environment, first_start

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    wants_demo = environment.flag("DEMO", default=True)
    if wants_demo and first_start.is_empty():
        first_start.make_demo()
    password = first_start.make_administrator()
    if password is not None:
        print(f"\n  Log in as {first_start.ADMIN} with password {password}", flush=True)
        print("  (shown once; change it in the control room)", flush=True)
    return wants_demo and first_start.has_demo_stations()


def _commands(port: int, has_demo: bool) -> dict[str, list[str]]:
    python = sys.executable
    celery = [python, "-m", "celery", "-q", "-A", "ocpp_platform"]
    quiet = ["--loglevel", "warning"]
    alone = ["--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    commands = {
        "server": [python, "manage.py", "serve", "--port", str(port)],
        "worker": [*celery, "worker", *quiet, *alone],
        "scheduler": [*celery, "beat", *quiet],
    }
    if has_demo:
        url = f"ws://127.0.0.1:{port}/ocpp"
        commands["demo"] = [python, "manage.py", "simulate", "--demo", "--url", url]
    return commands


def _run(port: int, crew: Crew) -> None:
    """The server first; the others when it answers."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        for name in crew.commands:
            process = crew.start(name)
            while not _is_open(port) and process.poll() is None:
                time.sleep(0.05)
        print(f"\n  Control room  http://127.0.0.1:{port}/", flush=True)
        print(f"  Stations      ws://127.0.0.1:{port}/ocpp/<identity>\n", flush=True)
        while not (ended := crew.tend(time.monotonic())):
            time.sleep(0.3)
        print(f"  {ended} ended; stopping everything.", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("\n  Stopping …", flush=True)
    finally:
        crew.stop()


def _is_open(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _port() -> int:
    from ocpp_platform import environment

    return environment.integer("PORT", 8000, least=1)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
