"""What ends with the program that started it."""

import signal
import subprocess
from collections.abc import Iterator

import pytest

from ocpp_platform import run


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


@pytest.mark.usefixtures("_signals")
def test_whoever_is_interrupted_while_stopping_leaves_nobody_behind() -> None:
    deaf = ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]
    names = ("server", "worker", "demo")
    processes = {name: HurriedPopen(deaf, stdout=subprocess.PIPE) for name in names}
    for process in processes.values():
        with process.stdout as said:  # type: ignore[union-attr]
            assert said.readline() == b"ready\n"
    run._stop(processes)  # type: ignore[arg-type]
    assert {process.returncode for process in processes.values()} == {-signal.SIGKILL}
