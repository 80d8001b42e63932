"""Stories of fleets for hypothesis: chargers, their habits, and what befalls them when."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from hypothesis import strategies as st

from apps.simulator.quirks import BY_NAME, CATALOGUE
from fleet.makers import MAKERS

STEPS_MIN = (1, 4, 9)
ACTS = ("drive", "drive", "drive", "link", "answer", "pause", "reboot", "power", "amnesia", "fault")
LAST_MIN = 3
# Habits of commands, and of messages that are not about sessions.
LEFT_OUT = frozenset({
    "accept_and_do_nothing", "null_payload", "long_serial", "phantom_start",
})  # fmt: skip
QUIRKS = tuple(quirk for quirk in CATALOGUE if quirk.name not in LEFT_OUT)
CLOCKS = frozenset(name for name in BY_NAME if name.startswith("clock_"))
Act = tuple[str, int, int]  # what befalls which charger, at which of its outlets


@dataclass(frozen=True)
class Plan:
    """Chargers as (protocol, quirks); steps as minutes and the acts that they begin with."""

    chargers: tuple[tuple[str, tuple[str, ...]], ...]
    steps: tuple[tuple[int, tuple[Act, ...]], ...]


@st.composite
def habits(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """Those of a maker or of a version, and up to two more; one clock at most."""
    protocol, known = draw(
        st.sampled_from([(maker.protocol, maker.quirks) for maker in MAKERS])
        | st.sampled_from([("ocpp1.6", ()), ("ocpp2.0.1", ())])
    )
    fitting = [quirk.name for quirk in QUIRKS if protocol in quirk.protocols]
    more = draw(st.lists(st.sampled_from(fitting), max_size=2))
    chosen: list[str] = []
    for name in (*known, *more):
        has_clock = name in CLOCKS and CLOCKS.intersection(chosen)
        if name not in {*LEFT_OUT, *chosen} and not has_clock:
            chosen.append(name)
    return protocol, tuple(chosen)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    chargers = tuple(draw(st.lists(habits(), min_size=1, max_size=3)))
    who = st.tuples(
        st.sampled_from(ACTS), st.integers(0, len(chargers) - 1), st.sampled_from((1, 2))
    )
    acts = st.lists(who, max_size=3).map(lambda acts: tuple(_apart(acts, chargers)))
    step = st.tuples(st.sampled_from(STEPS_MIN), acts)
    first = (1, tuple(("drive", number, 1) for number in range(len(chargers))))
    return Plan(chargers, (first, *draw(st.lists(step, min_size=4, max_size=10))))


def _apart(acts: list[Act], chargers: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[Act]:
    """One at a time where the clock is wrong, so that no session is over within a second."""
    busy: set[int] = set()
    for act in acts:
        if act[1] not in busy:
            yield act
        if CLOCKS.intersection(chargers[act[1]][1]):
            busy.add(act[1])


class Turn(IntEnum):
    """What comes first of what is due at one instant."""

    TICK = 0  # every outlet is read
    ACT = 1
    SETTLE = 2


def turns(plan: Plan) -> Iterator[tuple[int, Turn, Act | None]]:
    """What is due, and after how many seconds: acts follow one another by a second."""
    began_s = 0
    for minutes, acts in (*plan.steps, (LAST_MIN, ())):
        for number, act in enumerate(acts):
            yield began_s + number, Turn.ACT, act
        for minute in range(1, minutes + 1):
            yield began_s + 60 * minute, Turn.TICK, None
        began_s += 60 * minutes
    yield began_s, Turn.SETTLE, None
