"""The processes of one installation on one machine: who died is started again, within bounds.

The end of the server is the end of all; so is that of a process which dies again and again. The
demo may end by itself.
"""

import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

SERVER, DEMO = "server", "demo"
GRACE_S = 10
MOST_STARTS, WITHIN_S = 5, 300.0

Process = subprocess.Popen[bytes]


@dataclass
class Crew:
    """``commands`` by name; ``processes``: those that were started. Times are monotonic seconds."""

    commands: Mapping[str, list[str]]
    processes: dict[str, Process] = field(default_factory=dict)
    _deaths_s: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def start(self, name: str) -> Process:
        self.processes[name] = subprocess.Popen(self.commands[name], start_new_session=True)
        return self.processes[name]

    def tend(self, now_s: float) -> str:
        """Start again who died; the name of whoever's end is the end of all, "" while none is."""
        for name, process in self.processes.items():
            if name == DEMO or process.poll() is None:
                continue
            if not self._may_return(name, now_s):
                return name
            deaths = len(self._deaths_s[name])
            _say(f"{name} ended ({_how(process.returncode)}); started again ({deaths}).")
            self.start(name)
        return ""

    def _may_return(self, name: str, now_s: float) -> bool:
        lately = [at_s for at_s in self._deaths_s[name] if now_s - at_s < WITHIN_S]
        self._deaths_s[name] = [*lately, now_s]
        return name != SERVER and len(lately) < MOST_STARTS

    def stop(self) -> None:
        """The demo first, so that its stations say farewell; the server last. Who is interrupted
        once more is in a hurry: then nobody gets time, and still none is left behind.
        """
        try:
            for name in sorted(self.processes, key=lambda name: (name == SERVER, name != DEMO)):
                _end(self.processes[name])
        except KeyboardInterrupt:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            for process in self.processes.values():
                process.kill()
                process.wait()


def _end(process: Process) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _how(code: int) -> str:
    return f"by signal {-code}" if code < 0 else f"with code {code}"


def _say(words: str) -> None:
    print(f"  {words}", file=sys.stderr, flush=True)
