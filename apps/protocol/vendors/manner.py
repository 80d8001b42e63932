"""How a make wants to be spoken to. Data; what is not said here holds for every station."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Manner:
    """``refuses``: the ways to put a command that it is known not to take (``domain.ways``), as
    "unit:A" or "kind:Absolute": it is put otherwise, and limits no less.
    ``least_a``: it does not bear a limit below that, as 0 A, to pause. ``steps_a``: it takes these
    limits only, and rounds down by itself. ``is_cleared_after``: it keeps a session's limit beyond
    the session. ``loses_limits``: what it was told is gone after a boot.
    ``is_read_on_boot``: whether it bears to be asked for all of its settings right after a boot.
    ``boot_quiet_s``: how long it must be left alone after its boot, and after it has come back.
    ``call_gap_s``: how long after each call. ``keys_per_call``: how many settings it can be
    asked for at once, where it has not told. ``restart_gap_s``: between a stop and a start.
    ``heartbeat_s``: it beats no more often than that, 0: as anybody. ``is_silent_when_back``: it
    tells no status after a reconnect, and is asked for it.
    ``key_units``: what the numbers of its own settings count, by a pattern of names.
    ``file_schemes``: what the address of a file for it must begin with, where not any will do.
    """

    refuses: frozenset[str] = frozenset()
    least_a: float = 0.0
    steps_a: tuple[float, ...] = ()
    is_cleared_after: bool = False
    loses_limits: bool = False
    is_read_on_boot: bool = True
    boot_quiet_s: float = 0.0
    call_gap_s: float = 0.0
    keys_per_call: int | None = None
    restart_gap_s: float = 0.0
    heartbeat_s: int = 0
    is_silent_when_back: bool = False
    key_units: Mapping[str, str] = field(default_factory=dict)
    file_schemes: tuple[str, ...] = ()
