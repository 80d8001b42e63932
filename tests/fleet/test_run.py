"""A small fleet, one charger of each maker, for less than a minute, on servers of its own."""

import subprocess
import sys

import pytest

from tests.throwaway import ROOT

LONGEST_S = 600
NONE_LEAVES = "2"  # a seed by which no link is left away
NEVER = ("stuck", "lost", "doubled", "overbilled", "phantom")


@pytest.mark.postgres
def test_no_session_of_any_maker_is_stuck_lost_or_doubled_and_nothing_is_refused() -> None:
    command = [sys.executable, "-m", "fleet", "--minutes", "0.7", "--chargers", "20"]
    played = subprocess.run(
        [*command, "--seed", NONE_LEAVES],
        cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_S, check=False,
    )  # fmt: skip
    told = played.stdout.splitlines()
    names = next(line.split() for line in told if line.startswith("maker "))
    cells = next(line.split() for line in told if line.startswith("all "))
    total = dict(zip(names, cells, strict=True))
    assert int(total["sessions"]) >= 10, played.stdout + played.stderr
    assert {name: total[name] for name in NEVER} == dict.fromkeys(NEVER, "·"), played.stdout
    assert "CALLERRORs for business reasons: 0" in told
    print(played.stdout)
