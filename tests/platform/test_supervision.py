"""Who died comes back, within bounds; and nobody outlives the program that started it."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ocpp_platform.supervision import MOST_STARTS, SERVER, WITHIN_S, Crew

FOREVER = [sys.executable, "-c", "import signal; signal.pause()"]


class HurriedPopen(subprocess.Popen[bytes]):
    """Somebody presses Ctrl-C while it is given its time."""

    def wait(self, timeout: float | None = None) -> int:
        if timeout is not None:
            raise KeyboardInterrupt
        return super().wait()


@pytest.fixture
def _signals() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def crew() -> Iterator[Crew]:
    crew = Crew(dict.fromkeys((SERVER, "worker", "scheduler", "demo"), FOREVER))
    for name in crew.commands:
        crew.start(name)
    yield crew
    crew.stop()


def kill(crew: Crew, name: str) -> None:
    crew.processes[name].kill()
    crew.processes[name].wait()


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_who_died_comes_back_and_is_named(
    crew: Crew, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    others = {other: p.pid for other, p in crew.processes.items() if other != name}
    kill(crew, name)
    assert crew.tend(0.0) == ""
    assert crew.processes[name].poll() is None
    assert {other: crew.processes[other].pid for other in others} == others
    assert capfd.readouterr().err == f"  {name} ended (by signal 9); started again (1).\n"


def test_who_dies_again_and_again_ends_all(crew: Crew) -> None:
    for turn in range(MOST_STARTS):
        kill(crew, "worker")
        assert crew.tend(float(turn)) == ""
    kill(crew, "worker")
    assert crew.tend(float(MOST_STARTS)) == "worker"


def test_who_dies_now_and_then_comes_back_for_ever(crew: Crew) -> None:
    for turn in range(MOST_STARTS + 2):
        kill(crew, "worker")
        assert crew.tend(turn * WITHIN_S) == ""


def test_the_end_of_the_server_is_the_end_of_all_and_that_of_the_demo_is_none(crew: Crew) -> None:
    kill(crew, "demo")
    assert crew.tend(0.0) == ""
    assert crew.processes["demo"].poll() is not None
    kill(crew, SERVER)
    assert crew.tend(0.0) == SERVER


@pytest.mark.usefixtures("_signals")
def test_whoever_is_interrupted_while_stopping_leaves_nobody_behind() -> None:
    deaf = ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]
    crew = Crew({})
    for name in (SERVER, "worker", "demo"):
        crew.processes[name] = HurriedPopen(deaf, stdout=subprocess.PIPE)
    for process in crew.processes.values():
        with process.stdout as said:  # type: ignore[union-attr]
            assert said.readline() == b"ready\n"
    crew.stop()
    assert {p.returncode for p in crew.processes.values()} == {-signal.SIGKILL}
