"""Sessions that ran where an event names none, and those that a token has elsewhere.

Read for all of a batch when the first one asks.
"""

from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Upper

from apps.batch.parts import Batch
from apps.domain.events import SamplesTaken, SessionEnded, SessionEvent
from apps.domain.vocabulary import SampleContext
from apps.sessions.marks import CLOCK, UNAUTHORISED
from apps.sessions.models import Sample, Session
from apps.tokens.spelling import bare, spellings
from ocpp_platform import bulk

_END = SampleContext.END.value
_LATE = 8  # ended sessions of a station among which a repeated stop is looked for
_RAN = (("station_id", "="), ("started_at", "<="), ("ended_at", ">="))

Name = tuple[int, str]  # station, transaction id


class Past:
    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._asked: set[tuple[int, datetime]] = set()
        self._ended: set[Name] = set()
        self._running: dict[tuple[int, str], set[int]] = {}

    def ended_at(self, station_id: int, at: datetime) -> set[Name]:
        """Sessions of the station that ran then and have ended, and those that others ask for."""
        if (station_id, at) not in self._asked:
            asked = {
                (item.ref.id, min(sample.at for sample in event.samples))
                for item, event in self._batch.told(SamplesTaken)
                if event.transaction_id is None and event.samples
            }
            news = {(station_id, at), *asked} - self._asked
            self._asked |= news
            values = [(station, instant, instant) for station, instant in news]
            self._ended.update(bulk.find(Session, ("station_id", "transaction_id"), _RAN, values))
        return self._ended

    def running(self, organisation_id: int, token_uid: str) -> set[int]:
        """The open sessions of a token, as they were before the batch; not refused ones."""
        key = (organisation_id, bare(token_uid))
        if key not in self._running:
            wanted = {key} | {
                (item.ref.organisation_id, bare(event.token.uid))
                for item, event in self._batch.told(SessionEvent)
                if event.token is not None
            }
            self._running |= {one: set() for one in wanted}
            found = (
                Session.objects.annotate(upper=Upper("token_uid"))
                .filter(
                    upper__in={way for _, uid in wanted for way in spellings(uid)},
                    organisation_id__in={whose for whose, _ in wanted},
                    ended_at=None,
                )
                .exclude(flags__contains=UNAUTHORISED)
            )
            for whose, uid, pk in found.values_list("organisation_id", "upper", "pk"):
                self._running.setdefault((whose, bare(uid)), set()).add(pk)
        return self._running[key]


def find_ended(station_id: int, stop: SessionEnded, register_wh: float | None) -> int | None:
    """By its instant, as told or set right, and register; where its clock is wrong, by the register
    of late ones."""
    ended = Session.objects.filter(
        station_id=station_id, ended_at__isnull=False, is_estimated=False
    ).order_by("-started_at")
    told = Q(ended_at=stop.at) | Q(end_said_at=stop.at)
    ended = ended.filter(told if stop.is_trusted else Q(flags__contains=CLOCK))
    ids = list(ended.values_list("pk", flat=True)[:_LATE])
    if register_wh is None:
        return ids[0] if ids and stop.is_trusted else None
    same = Sample.objects.filter(session_id__in=ids, context=_END, register_wh=register_wh)
    return same.values_list("session_id", flat=True).first()
