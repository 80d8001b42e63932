"""Sessions for hypothesis: what truly happened, and a station that tells it among others."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from hypothesis import strategies as st

from apps.domain.charging import StopSession
from apps.domain.vocabulary import Protocol
from apps.sessions import services
from apps.sessions.models import Session
from apps.tokens.models import Token
from tests import factories as make
from tests.factories import Cast
from tests.telling.box import MINUTE, Box16, Box201, at

CARD, OTHER = "AB12", "EF56"
FAULTS = {"GroundFailure": "Earth-leakage", "HighTemperature": "Too hot"}


@dataclass(frozen=True)
class Story:
    """What happened, in minutes from the start. ``stopper``: see ``STOPPERS``; ``outage``: from,
    to (None: it lasts); ``is_sudden``: nobody noticed that it began."""

    protocol: Protocol
    minutes: int
    power_w: int
    stopper: str
    refusals: int = 0
    paused_at: int | None = None
    resumed_at: int | None = None
    fault: str = ""
    fault_at: int | None = None
    outage: tuple[float, float | None] | None = None
    is_sudden: bool = False
    has_before: bool = False
    has_after: bool = False
    has_beside: bool = False

    @property
    def energy_wh(self) -> float:
        return self.wh_at(self.minutes)

    def wh_at(self, minute: int) -> float:
        """0 W flow between the pause and its end."""
        flowed = [m for m in range(minute) if self.w_at(m)]
        return float(len(flowed) * self.power_w // 60)

    def w_at(self, minute: int) -> int:
        if self.paused_at is None or minute < self.paused_at:
            return self.power_w
        return self.power_w if self.resumed_at is not None and minute >= self.resumed_at else 0

    @property
    def fault_minute(self) -> float:
        """Right before the end that it caused."""
        if self.stopper == "fault":
            return self.minutes - 0.2
        return (self.fault_at or 0) + 0.3

    @property
    def is_over(self) -> bool:
        return self.stopper != "running"

    def is_late(self, minute: float) -> bool:
        """Whether what was made then had to wait."""
        if self.outage is None:
            return False
        return self.outage[0] <= minute and (self.outage[1] is None or minute < self.outage[1])


# stopped_by; what 1.6 says; what 2.0.1 says (trigger, reason)
STOPPERS: dict[str, tuple[str | None, dict[str, str], tuple[str, str | None]]] = {
    "card": ("driver_at_station", {"reason": "Local", "idTag": CARD}, ("StopAuthorized", "Local")),
    "operator": ("operator", {"reason": "Remote"}, ("RemoteStop", "Remote")),
    "operator, not said": ("operator", {}, ("RemoteStop", None)),
    "cable": ("cable", {"reason": "EVDisconnected"}, ("EVCommunicationLost", "EVDisconnected")),
    "power": ("station", {"reason": "PowerLoss"}, ("AbnormalCondition", "PowerLoss")),
    "reboot": ("station", {"reason": "Reboot"}, ("AbnormalCondition", "Reboot")),
    "fault": ("station", {"reason": "Other"}, ("AbnormalCondition", "GroundFault")),
    "silence": ("estimated", {}, ("", None)),
    "running": (None, {}, ("", None)),
}


@st.composite
def stories(draw: st.DrawFn) -> Story:
    minutes = draw(st.integers(2, 14))
    protocol = draw(st.sampled_from(Protocol))
    stopper = draw(st.sampled_from(sorted(STOPPERS)))
    paused_at = draw(st.none() | st.integers(1, minutes - 1))
    resumed_at = paused_at and draw(st.none() | st.integers(paused_at, minutes))
    fault = draw(st.sampled_from(("", "", *FAULTS))) if stopper != "fault" else "GroundFailure"
    begins = draw(st.none() | st.integers(1, minutes + 4))
    outage = None
    if begins is not None:
        lasts = draw(st.none() | st.integers(1, minutes + 3))
        outage = (begins + 0.5, None if lasts is None else begins + 0.5 + lasts)
    if outage and (stopper.startswith("operator") or outage[1] is None):
        after = outage[0] > minutes
        outage = outage if after or stopper in ("running", "silence") else None
    return Story(
        protocol, minutes, draw(st.sampled_from((0, 3_600, 11_400))), stopper,
        refusals=draw(st.integers(0, 2)),
        paused_at=paused_at, resumed_at=resumed_at if resumed_at != paused_at else None,
        fault=fault, fault_at=draw(st.integers(1, minutes - 1)) if fault else None,
        outage=outage, is_sudden=draw(st.booleans()),
        has_before=draw(st.booleans()), has_after=draw(st.booleans()),
        has_beside=draw(st.booleans()),
    )  # fmt: skip


class Teller:
    """Tells one story to the server, in the order in which things came."""

    def __init__(self, cast: Cast, story: Story) -> None:
        self.cast, self.story = cast, story
        is_16 = story.protocol is Protocol.OCPP16
        self.box: Box16 | Box201 = Box16(cast) if is_16 else Box201(cast)
        self.transaction = 0
        self.queue: list[tuple[float, Any]] = []
        make.token(cast.organisation, f"{CARD}{self.box.station.pk}")
        self.card = f"{CARD}{self.box.station.pk}"

    def tell(self) -> Session:
        """The session, when all of it has come."""
        story = self.story
        self._ahead()
        self._begin()
        self._plan()
        self._play()
        found = Session.objects.select_related("station__location", "organisation")
        session = found.get(station=self.box.station, token_uid=self.card)
        if story.stopper == "silence":
            seen = session.last_received_at
            services.close_silent(session.pk, seen=seen, now=at(5 * 3600))
        if story.is_over and story.has_after:
            self._behind()
        return found.get(pk=session.pk)

    def _ahead(self) -> None:
        """The boot, the neighbours, and a card that is known only at the last try."""
        box = self.box
        self._whole("Available", -400)
        if self.story.has_before:
            self._neighbour(1, -900, -90, pause=True)
            box.shows("Available", at(-80))
        if self.story.has_beside:
            self._neighbour(2, -300, None, pause=True)
        known = Token.objects.filter(uid=self.card)
        known.update(status="blocked")
        for attempt in range(self.story.refusals):
            self._ask(at(-60 + 10 * attempt))
        known.update(status="accepted")
        self._ask(at(-20))

    def _ask(self, when: datetime) -> None:
        if isinstance(self.box, Box16):
            self.box.asks(self.card, when)
        else:
            token = {"idToken": self.card, "type": "ISO14443"}
            self.box.says("Authorize", {"idToken": token}, when)

    def _begin(self) -> None:
        if isinstance(self.box, Box16):
            self.box.shows("Preparing", at(-15))
            self.transaction = self.box.starts(at(0), self.card)
            self.box.shows("Charging", at(1))
        else:
            self.box.shows("Occupied", at(-15))
            self.box.event(
                "Started", "Authorized", at(0), card=self.card, wh=1000, state="Charging"
            )

    def _plan(self) -> None:
        """Every minute's reading, and what else happens, each at its minute."""
        story = self.story
        for minute in range(1, story.minutes):
            self._at(minute, self._measure, minute)
        if story.paused_at is not None:
            self._at(story.paused_at + 0.1, self._state, "SuspendedEV")
        if story.resumed_at is not None:
            self._at(story.resumed_at + 0.1, self._state, "Charging")
        if story.fault_at is not None:
            self._at(story.fault_minute, self._fault)
            if story.stopper != "fault" and isinstance(self.box, Box16):
                paused = not story.w_at(story.fault_at) and story.paused_at is not None
                state = "SuspendedEV" if paused else "Charging"
                self._at(story.fault_minute + 0.05, self._state, state)
        if story.has_beside:
            self._at(1.2, self._beside)
        if story.is_over and story.stopper != "silence":
            self._at(story.minutes, self._end)

    def _at(self, minute: float, what: Any, *given: Any) -> None:
        self.queue.append((minute, lambda came, when: what(when, came, *given)))

    def _play(self) -> None:
        """What is made without connection waits until it is back, or is never heard."""
        out, back, lost = self.story.outage or (1e9, None), False, False
        waiting: list[tuple[float, Any]] = []
        for minute, happens in sorted(self.queue, key=lambda one: one[0]):
            if not lost and minute >= out[0]:
                lost = True
                self._lose(out[0])
            if lost and not back and out[1] is not None and minute >= out[1]:
                self._return(out[1], waiting)
                back = True
            if self.story.is_late(minute):
                waiting.append((minute, happens))
            else:
                happens(None, at(minute * MINUTE))
        if self.story.outage and not lost:
            self._lose(out[0])
        if self.story.outage and not back and out[1] is not None:
            self._return(out[1], waiting)

    def _lose(self, minute: float) -> None:
        if not self.story.is_sudden:
            self.box.is_cut(at(minute * MINUTE))

    def _return(self, minute: float, waiting: list[tuple[float, Any]]) -> None:
        self.box.connects(at(minute * MINUTE))
        for number, (made, happens) in enumerate(waiting):
            happens(at(minute * MINUTE + 1 + 0.1 * number), at(made * MINUTE))

    def _measure(self, when: datetime, came: datetime | None, minute: int) -> None:
        wh, w = 1000 + self.story.wh_at(minute), self.story.w_at(minute)
        if isinstance(self.box, Box16):
            self.box.measures(self.transaction, when, wh, w, came=came)
        else:
            self.box.event("Updated", "MeterValuePeriodic", when, wh=wh, w=w, came=came)

    def _state(self, when: datetime, came: datetime | None, state: str) -> None:
        if isinstance(self.box, Box16):
            self.box.shows(state, when)
        else:
            self.box.event("Updated", "ChargingStateChanged", when, state=state, came=came)

    def _fault(self, when: datetime, came: datetime | None) -> None:
        if isinstance(self.box, Box16):
            self.box.shows("Faulted", when, errorCode=self.story.fault)
        else:
            self.box.notices(when, techCode=self.story.fault)
            self.box.shows("Faulted", when)

    def _end(self, when: datetime, came: datetime | None) -> None:
        _, told, (trigger, reason) = STOPPERS[self.story.stopper]
        wh = int(1000 + self.story.energy_wh)
        if self.story.stopper.startswith("operator"):
            name = str(self.transaction or getattr(self.box, "transaction", ""))
            self.box.is_told(StopSession(name), self.cast.operator, at(self.story.minutes * 60 - 3))
        if isinstance(self.box, Box16):
            more = dict(told) | ({"idTag": self.card} if "idTag" in told else {})
            self.box.stops(self.transaction, when, wh, came=came, **more)
        else:
            card = self.card if trigger == "StopAuthorized" else ""
            info = {"stoppedReason": reason} if reason else {}
            self.box.event("Ended", trigger, when, wh=wh, card=card, came=came, **info)
        if self.story.stopper not in ("fault", "power", "reboot"):
            self.box.shows("Available", at(self.story.minutes * 60 + 15))

    def _behind(self) -> None:
        """The next car, whose fault comes at once."""
        begins = self.story.minutes * 60 + 40
        self._neighbour(1, begins, None, pause=True)
        self._neighbours_fault(1, begins + 20)

    def _beside(self, when: datetime, came: datetime | None) -> None:
        self._neighbours_fault(2, int((when - at(0)).total_seconds()))

    def _neighbour(self, evse: int, begins: int, ends: int | None, *, pause: bool) -> None:
        if not isinstance(self.box, Box16):
            box = Box201.__new__(Box201)
            box.__dict__ |= self.box.__dict__
            box.transaction, box._seqs = f"{self.box.transaction}-{evse}{begins}", count()
            box.event("Started", "Authorized", at(begins), card=OTHER, wh=5, state="Charging",
                      evse=evse)  # fmt: skip
            box.event("Updated", "ChargingStateChanged", at(begins + 5), state="SuspendedEV")
            if ends is not None:
                box.event("Ended", "EVDeparted", at(ends), wh=9, stoppedReason="EVDisconnected")
            return
        transaction = self.box.starts(at(begins), OTHER, connector=evse, wh=5)
        self.box.shows("SuspendedEV", at(begins + 5), connector=evse)
        if ends is not None:
            self.box.stops(transaction, at(ends), 9, reason="EVDisconnected")
            self.box.shows("Finishing", at(ends + 1), connector=evse)

    def _neighbours_fault(self, evse: int, second: int) -> None:
        if isinstance(self.box, Box16):
            self.box.shows("Faulted", at(second), connector=evse, errorCode="ReaderFailure")
        else:
            self.box.notices(at(second), evse=evse, techCode="ReaderFailure")
            self.box.shows("Faulted", at(second), evse=evse)

    def _whole(self, status: str, second: int) -> None:
        if isinstance(self.box, Box16):
            self.box.shows(status, at(second), connector=0)
        for number in (1, 2):
            place: dict[str, Any] = (
                {"connector": number} if isinstance(self.box, Box16) else {"evse": number}
            )
            self.box.shows(status, at(second + number), **place)
