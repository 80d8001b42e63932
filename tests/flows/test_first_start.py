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
        told = log.read_text()
        assert re.search(r"Log in as admin with password \S+", told), told
        assert "Traceback" not in told
    finally:
        os.kill(running.pid, signal.SIGTERM)
        await asyncio.to_thread(running.wait, 30)
    assert running.returncode is not None
    assert await asyncio.to_thread(answer_of, f"http://127.0.0.1:{port}/healthz") == ""
