"""What a stranger sees who types ``make run``: a living network, and a way in."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.throwaway import ROOT, environment, free_port

pytestmark = pytest.mark.embedded

PATIENCE_S = 120


def answer_of(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return str(response.read().decode())
    except OSError:
        return ""


async def seen(url: str, words: str) -> str:
    """The page, once it has these words."""
    async with asyncio.timeout(PATIENCE_S):
        while words not in (page := await asyncio.to_thread(answer_of, url)):
            await asyncio.sleep(0.2)
    return page


def process_of(supervisor: int, what: str) -> int:
    """Which child of ``supervisor`` is ``what`` of Celery; 0 while none is."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words = (entry / "cmdline").read_text().split("\0")
        except OSError:  # it has just ended
            continue
        if parent == supervisor and what in words and "celery" in words:
            return int(entry.name)
    return 0


async def dies_and_comes_back(what: str, supervisor: int, log: Path) -> None:
    died = process_of(supervisor, what)
    os.kill(died, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_S):
        while process_of(supervisor, what) in (0, died) or "started again" not in log.read_text():
            await asyncio.sleep(0.1)


async def an_empty_message_does_no_harm(messages: Path) -> None:
    """It is dropped, and what is written behind it is taken."""
    empty, behind = messages / "0_a.celery.msg", messages / "1_a.celery.msg"
    empty.touch()
    behind.write_text("{")
    async with asyncio.timeout(PATIENCE_S):
        while empty.exists() or behind.exists():
            await asyncio.sleep(0.1)


async def test_the_first_start_serves_a_network_that_lives(state: Path) -> None:
    port, log = free_port(), state / "run.log"
    env = environment(state, PORT=str(port), DEMO="1")
    command = [sys.executable, "-m", "ocpp_platform.run"]
    with log.open("wb") as output:
        running = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        await seen(f"http://127.0.0.1:{port}/login/", "Log in")
        metrics = await seen(f"http://127.0.0.1:{port}/metrics", "ocpp_connections 8.0")
        assert "ocpp_frames_total" in metrics
        assert '"disk": "ok"' in await seen(f"http://127.0.0.1:{port}/readyz", "database")
        await dies_and_comes_back("worker", running.pid, log)
        await dies_and_comes_back("beat", running.pid, log)
        await an_empty_message_does_no_harm(state / "queue" / "messages")
        told = log.read_text()
        assert re.search(r"Log in as admin with password \S+", told), told
        assert "Traceback" not in told
    finally:
        os.kill(running.pid, signal.SIGTERM)
        await asyncio.to_thread(running.wait, 30)
    assert running.returncode is not None
    assert await asyncio.to_thread(answer_of, f"http://127.0.0.1:{port}/healthz") == ""
