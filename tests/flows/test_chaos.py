"""Half a minute in which every process of the platform, PostgreSQL and Redis die at random."""

import subprocess
import sys

import pytest

from tests.throwaway import ROOT

MINUTES = 0.5
LONGEST_S = 600


@pytest.mark.postgres
def test_nothing_that_was_acknowledged_is_lost_or_done_twice_while_everything_is_killed() -> None:
    command = [sys.executable, "-m", "chaos", "--minutes", str(MINUTES)]
    played = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    assert played.returncode == 0, played.stdout + played.stderr
    print(played.stdout)
