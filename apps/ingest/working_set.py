"""Everything that a batch needs from the database, read once and written once."""

from collections import defaultdict
from datetime import datetime

from django.conf import settings

from apps.commands import questions
from apps.commands.followup import Followup
from apps.commands.services import Whom
from apps.display import services as display
from apps.domain import events
from apps.domain.events import Event, SessionEvent
from apps.domain.power import EvNeedsTold, EvScheduleTold, GetChargingProfiles
from apps.ingest.items import Item
from apps.journal.models import Message
from apps.live.announce import announce
from apps.onboarding.gate import Gate
from apps.power import services as power
from apps.protocol import Traits
from apps.sessions.ledger import Ledger
from apps.sessions.models import ParkedEvent
from apps.stations.refs import StationRef
from apps.stations.yard import Yard
from apps.tokens.services import Desk
from ocpp_platform.bulk import Writes

_MESSAGE = (
    "organisation_id", "station_id", "connection_id", "at", "direction", "action", "message_id",
    "payload", "answer", "result", "error_code", "notes", "latency_ms", "session_id",
    "command_id",
)  # fmt: skip
_PARKED = ("organisation_id", "station_id", "received_at", "action", "why", "payload")
_REPORTING = (events.ConnectorStatusChanged, events.NoticesReported)


class WorkingSet:
    """Gathers by what the events name; handlers work on it; ``flush`` writes."""

    def __init__(self, items: list[Item], now: datetime) -> None:
        self.now = now
        self.heartbeat_interval_s = settings.OCPP_HEARTBEAT_INTERVAL_S
        pairs = [(item, item.event) for item in items if item.event is not None]
        self.yard = Yard(
            booting=_stations(pairs, (events.StationBooted,)),
            reporting=_stations(pairs, _REPORTING),
        )
        self.gate = Gate(_booting(pairs), self.heartbeat_interval_s)
        self.desk = Desk(_tokens(pairs))
        self.ledger = _ledger(pairs)
        self.followup = _followup(pairs, now)
        self._unread: dict[int, Whom] = {}
        self._booted: dict[int, Whom] = {}
        self._parked: dict[tuple[int, str, str], tuple[object, ...]] = {}
        self._topics: dict[int, set[str]] = defaultdict(set)

    def station_changed(self, ref: StationRef) -> None:
        self._topics[ref.organisation_id].update(("stations", f"station:{ref.id}"))

    def read_everything(self, ref: StationRef) -> None:
        """Have the station asked for all of its settings, once."""
        self._unread[ref.id] = (ref.organisation_id, ref.id, ref.identity)

    def read_profiles(self, ref: StationRef, traits: Traits) -> None:
        """Have the station asked for the charging profiles that we believe it holds."""
        if traits.can(GetChargingProfiles):
            self._booted[ref.id] = (ref.organisation_id, ref.id, ref.identity)

    def park(self, item: Item, why: str) -> None:
        """Keep what fits nowhere for somebody to judge; the same message again is no news."""
        if item.frame is None:
            return
        action, payload = item.frame.action[:50], item.frame.payload
        key = (item.ref.id, action, payload)
        known = ParkedEvent.objects.filter(station_id=key[0], action=action, payload=payload)
        if key not in self._parked and not known.exists():
            row = (item.ref.organisation_id, item.ref.id, self.now, action, why, payload)
            self._parked[key] = row

    def flush(self, writes: Writes) -> None:
        """Write everything but the frames (their answers are not known yet)."""
        self.yard.flush(writes)
        self.ledger.flush(writes)
        power.end_transactions(self.ledger.ended())
        display.end_transactions(self.ledger.ended(), self.now)
        self.desk.flush(writes)
        self.gate.flush(self.now)
        if self._unread:
            questions.queue_readings(list(self._unread.values()), now=self.now)
        if self._booted:
            power.read_again(self._booted, self.now)
            display.read_again(self._booted, self.now)
        writes.insert(ParkedEvent, _PARKED, list(self._parked.values()))

    def keep_frames(self, writes: Writes, rows: list[tuple[object, ...]]) -> None:
        """Write the journal and tell who watches."""
        writes.insert(Message, _MESSAGE, rows)
        for row in rows:
            self._topics[row[0]].update(("messages", f"messages:{row[1]}"))  # type: ignore[index]
        for organisation_id, topics in self._topics.items():
            announce(organisation_id, *sorted(topics))


def _followup(pairs: list[tuple[Item, Event]], now: datetime) -> Followup:
    """The commands that the batch may confirm; who brought the items learns their names."""
    looking = [item for item, _ in pairs if item.is_followed]
    followup = Followup({item.ref.id for item in looking}, now)
    for item in looking:
        item.followed = followup.names(item.ref.id)
    return followup


def _stations(pairs: list[tuple[Item, Event]], kinds: tuple[type[Event], ...]) -> set[int]:
    return {item.ref.id for item, event in pairs if isinstance(event, kinds)}


def _booting(pairs: list[tuple[Item, Event]]) -> list[StationRef]:
    return [item.ref for item, event in pairs if isinstance(event, events.StationBooted)]


def _tokens(pairs: list[tuple[Item, Event]]) -> list[tuple[int, events.Token]]:
    found = []
    for item, event in pairs:
        token = getattr(event, "token", None)
        if token is not None:
            found.append((item.ref.organisation_id, token))
    return found


def _ledger(pairs: list[tuple[Item, Event]]) -> Ledger:
    named, started, crowded = set(), set(), set()
    for item, event in pairs:
        transaction_id = getattr(event, "transaction_id", None)
        if transaction_id is not None:
            named.add((item.ref.id, transaction_id))
        if isinstance(event, events.SessionStarted):
            crowded.add(item.ref.id)
            if event.natural_key:
                started.add((item.ref.id, event.natural_key[:120]))
        elif _needs_open(event, transaction_id):
            crowded.add(item.ref.id)
    return Ledger(named, started, crowded)


def _needs_open(event: Event, transaction_id: str | None) -> bool:
    """Events that name no session but may be about one that runs at the station."""
    about_sessions = (SessionEvent, events.SamplesTaken)
    if isinstance(event, (*_REPORTING, events.StationConnected, EvNeedsTold, EvScheduleTold)):
        return True
    return isinstance(event, about_sessions) and transaction_id is None
