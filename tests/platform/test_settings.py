"""What the environment asks for is what the process gets."""

import json
import os
import subprocess
import sys

from tests.throwaway import ROOT

PRINT = (
    "import json; from django.conf import settings;"
    "print(json.dumps(settings.DATABASES['default']['OPTIONS']))"
)


def test_what_the_database_address_asks_for_is_kept() -> None:
    address = "postgres://platform@db.example:5432/platform?sslmode=verify-full"
    named = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "ocpp_platform.settings"}
    env = {**os.environ, **named}
    run = subprocess.run(
        [sys.executable, "-c", PRINT], cwd=ROOT, env=env, capture_output=True, check=True
    )
    options = json.loads(run.stdout)
    assert options["sslmode"] == "verify-full"
    assert options["pool"]["max_size"] >= 4
