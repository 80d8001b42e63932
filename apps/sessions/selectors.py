"""Reads: sessions, their samples and totals, always within the actor's organisation."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, Count, F, Max, Q, QuerySet, Sum, When, Window
from django.db.models.functions import Mod, RowNumber, Upper
from django.db.models.lookups import In

from apps.accounts.models import Actor
from apps.domain.vocabulary import SessionState
from apps.sessions.by_name import is_named
from apps.sessions.energy import LITTLE_WH
from apps.sessions.flow import flowing
from apps.sessions.models import Sample, Session
from apps.stations.models import Station
from apps.tokens.models import Token
from apps.tokens.spelling import spellings
from ocpp_platform.scope import scoped

COUNTED_AT_MOST = 10_000
SUMMED_A_DAY = 100_000
_KNOWN_TOKENS = 50
_FEW_STATIONS = 200


STATES = frozenset({"active", "ended", *SessionState})
VIEWS = frozenset({"problems"})


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """``state``: one of STATES. ``view``: one of VIEWS. ``q``: one search word."""

    q: str = ""
    station: str = ""
    token: str = ""
    state: str = ""
    view: str = ""
    location: str = ""
    started_after: datetime | None = None
    started_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a filter; ``is_capped``: more than were counted, so there are no sums."""

    count: int
    energy_wh: float = 0.0
    sums: tuple[tuple[str, Decimal], ...] = ()
    is_capped: bool = False


def list_sessions(actor: Actor, filter_: SessionFilter | None = None) -> QuerySet[Session]:
    """Newest first."""
    wanted = filter_ or SessionFilter()
    return (
        scoped(Session, actor)
        .filter(_narrowed(wanted), _in_state(wanted.state), _in_view(wanted.view))
        .filter(_matches(actor, wanted.q))
        .select_related("station__location", "tariff_version__tariff", "organisation")
        .order_by("-started_at", "-id")
    )


def get_session(actor: Actor, session_id: int) -> Session:
    """The session, or Session.DoesNotExist: also where it is somebody else's."""
    return list_sessions(actor).get(pk=session_id)


def find_session_id(actor: Actor, station_id: int, transaction_id: str) -> int | None:
    """The session that a station calls by this transaction id."""
    return (
        scoped(Session, actor)
        .filter(is_named(transaction_id), station_id=station_id)
        .values_list("pk", flat=True)
        .first()
    )


def find_sessions(actor: Actor, ids: list[int]) -> QuerySet[Session]:
    return list_sessions(actor).filter(pk__in=ids)


def list_running(actor: Actor, station_ids: list[int]) -> list[Session]:
    """Sessions that go on at these stations."""
    running = list_sessions(actor).filter(station_id__in=station_ids, ended_at__isnull=True)
    return list(running)


def list_strongest(actor: Actor, limit: int, *, now: datetime) -> list[Session]:
    """Running sessions, those that are known to take most power now first."""
    running = list_sessions(actor).filter(ended_at__isnull=True)
    by_power = Case(When(flowing(now), then=F("power_w"))).desc(nulls_last=True)
    return list(running.order_by(by_power, "-started_at", "-id")[:limit])


def list_samples(actor: Actor, session_id: int) -> QuerySet[Sample]:
    """In the order of time; nothing where the session is somebody else's."""
    mine = scoped(Session, actor).filter(pk=session_id)
    return Sample.objects.filter(session_id__in=mine.values("pk")).order_by("at", "context")


def list_samples_evenly(actor: Actor, session_id: int, most: int) -> QuerySet[Sample]:
    """In the order of time: all samples, or of very many every so manyth, the first among them."""
    samples = list_samples(actor, session_id)
    step = samples.count() // most + 1
    if step == 1:
        return samples
    numbered = samples.annotate(number=Window(RowNumber(), order_by=("at", "context")))
    return numbered.annotate(turn=Mod(F("number"), step)).filter(turn=1)


def total(actor: Actor, filter_: SessionFilter, at_most: int = COUNTED_AT_MOST) -> Totals:
    """Count, energy and money of the filter; no sums where it holds more than ``at_most``."""
    found = list_sessions(actor, filter_).order_by()
    count = found.values("pk")[: at_most + 1].count()
    if count > at_most:
        return Totals(at_most, is_capped=True)
    rows = (
        found.values("currency")
        .annotate(wh=Sum("energy_wh"), money=Sum("price_incl_vat"))
        .order_by("currency")
    )
    energy_wh = sum(row["wh"] or 0.0 for row in rows)
    sums = tuple((row["currency"], row["money"]) for row in rows if row["money"] is not None)
    return Totals(count, energy_wh, sums)


def count_running(actor: Actor, *, now: datetime) -> dict[str, float]:
    """Sessions that go on, and the power that is known to flow."""
    running = scoped(Session, actor).filter(ended_at__isnull=True)
    found = running.aggregate(
        running=Count("pk"),
        power_w=Sum("power_w", filter=flowing(now)),
    )
    return {name: value or 0 for name, value in found.items()}


def sum_since(actor: Actor, instant: datetime) -> Totals:
    """What was charged in sessions that began since ``instant``."""
    return total(actor, SessionFilter(started_after=instant), at_most=SUMMED_A_DAY)


def count_starts(actor: Actor, since: datetime) -> tuple[int, int]:
    """Sessions that began since ``since``: those that took energy (or still may), and all."""
    begun = (
        scoped(Session, actor)
        .filter(started_at__gte=since)
        .aggregate(
            all=Count("pk"),
            failed=Count("pk", filter=Q(ended_at__isnull=False, energy_wh__lt=LITTLE_WH)),
        )
    )
    return begun["all"] - begun["failed"], begun["all"]


def newest_id(actor: Actor) -> int:
    found = scoped(Session, actor).aggregate(m=Max("pk"))
    return found["m"] or 0


def count_newer(actor: Actor, filter_: SessionFilter, than_id: int) -> int:
    """How many sessions of the filter came after ``than_id``."""
    newest = list_sessions(actor, filter_).filter(pk__gt=than_id)
    return newest.order_by().values("pk")[:100].count()


def neighbours(actor: Actor, session: Session) -> tuple[int | None, int | None]:
    """Ids of the sessions at the same station just before and just after."""
    at_station = scoped(Session, actor).filter(station_id=session.station_id)
    before = at_station.filter(started_at__lt=session.started_at).order_by("-started_at")
    after = at_station.filter(started_at__gt=session.started_at).order_by("started_at")
    return (
        before.values_list("pk", flat=True).first(),
        after.values_list("pk", flat=True).first(),
    )


def neighbours_on_evse(actor: Actor, session: Session) -> tuple[datetime | None, datetime | None]:
    """When the session before on its EVSE ended, and when the next one there began.

    Where nobody said on which EVSE it was, those of the whole station count.
    """
    near = scoped(Session, actor).filter(station_id=session.station_id).exclude(pk=session.pk)
    if session.evse_id is not None:
        near = near.filter(Q(evse_id=session.evse_id) | Q(evse_id=None))
    before = near.filter(started_at__lte=session.started_at).order_by("-started_at", "-id")
    after = near.filter(started_at__gt=session.started_at).order_by("started_at", "id")
    return (
        before.values_list("ended_at", flat=True).first(),
        after.values_list("started_at", flat=True).first(),
    )


def _narrowed(wanted: SessionFilter) -> Q:
    conditions = Q()
    if wanted.station:
        conditions &= Q(station__identity=wanted.station)
    if wanted.location:
        conditions &= _at_location(wanted.location)
    if wanted.token:
        conditions &= _token_in([wanted.token])
    if wanted.started_after is not None:
        conditions &= Q(started_at__gte=wanted.started_after)
    if wanted.started_before is not None:
        conditions &= Q(started_at__lt=wanted.started_before)
    return conditions


def _at_location(name: str) -> Q:
    """A few stations are named, so that their own index is used; of many the newest are near."""
    stations = Station.objects.filter(location__name=name)
    ids = list(stations.values_list("pk", flat=True)[: _FEW_STATIONS + 1])
    few = len(ids) <= _FEW_STATIONS
    return Q(station_id__in=ids) if few else Q(station__location__name=name)


def _in_state(state: str) -> Q:
    match state:
        case "":
            return Q()
        case "active":
            return Q(ended_at__isnull=True)
        case "ended":
            return Q(ended_at__isnull=False)
    return Q(state=state, ended_at__isnull=True)


def _in_view(view: str) -> Q:
    return Q(is_problem=True) if view == "problems" else Q()


def _matches(actor: Actor, q: str) -> Q:
    """``q`` as every id that it exactly is; else as a part of a known token or its holder.

    Each question is an index look-up, so that the list's own query stays an indexed one.
    """
    q = q.strip().strip("#")
    if not q:
        return Q()
    own = scoped(Session, actor)
    exact = [is_named(q), _token_in([q])]
    if q.isdecimal() and len(q) < 19:
        exact.append(Q(pk=int(q)))
    if found := [condition for condition in exact if own.filter(condition).exists()]:
        return _any(found)
    own_stations = scoped(Station, actor)
    if ids := list(own_stations.filter(identity__iexact=q).values_list("pk", flat=True)):
        return Q(station_id__in=ids)
    return _of_tokens(actor, q)


def _of_tokens(actor: Actor, q: str) -> Q:
    parts = Q(uid__icontains=q) | Q(holder__icontains=q) | Q(contract_id__icontains=q)
    known = scoped(Token, actor).filter(parts)
    uids = list(known.annotate(upper=Upper("uid")).values_list("upper", flat=True)[:_KNOWN_TOKENS])
    return _token_in(uids) if uids else Q(pk__in=[])


def _token_in(uids: list[str]) -> Q:
    """Regardless of case and of how it is printed, in the words of the index."""
    return Q(In(Upper("token_uid"), [way for uid in uids for way in spellings(uid)]))


def _any(conditions: list[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found
