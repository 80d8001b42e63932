"""What the environment asks for is what the process gets."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.throwaway import ROOT

OPTIONS = "settings.DATABASES['default']['OPTIONS']"
WAITS = "[get_channel_layer().hosts[0]['socket_timeout'], get_channel_layer().brpop_timeout]"


def asked(expression: str, **environment: str) -> Any:
    """What a process with this environment makes of ``expression``."""
    program = (
        "import json; from django.conf import settings;"
        "from channels.layers import get_channel_layer;"
        f"print(json.dumps({expression}))"
    )
    named = {"DJANGO_SETTINGS_MODULE": "ocpp_platform.settings", **environment}
    env = {**os.environ, **named}
    command = [sys.executable, "-c", program]
    return json.loads(subprocess.run(command, cwd=ROOT, env=env, stdout=-1, check=True).stdout)


def test_what_the_database_address_asks_for_is_kept() -> None:
    address = "postgres://platform@db.example:5432/platform?sslmode=verify-full"
    options = asked(OPTIONS, DATABASE_URL=address)
    assert options["sslmode"] == "verify-full"
    assert options["pool"]["max_size"] >= 4


@pytest.mark.postgres
def test_a_quiet_channel_is_no_lost_redis() -> None:
    """A socket that gives up before the wait for a message ends would close every live page."""
    socket_timeout_s, wait_s = asked(WAITS, REDIS_URL="redis://127.0.0.1:6379/0")
    assert socket_timeout_s > wait_s
