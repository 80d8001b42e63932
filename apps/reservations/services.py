"""Writes: a reservation is made, answered, used, or ends. Each step is a conditional UPDATE."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.commands.models import CommandRow
from apps.domain.command import BadParameters, Command
from apps.domain.events import CommandAnswered
from apps.domain.instants import parse_instant
from apps.domain.reservations import CancelReservation, ReservationEnd, ReserveNow
from apps.history import doers, kinds
from apps.history.doers import CLOCK, Doer
from apps.history.models import Fact
from apps.history.services import fact_of, record_many
from apps.live.announce import announce, announce_all
from apps.reservations import life
from apps.reservations.life import MAY_BECOME, OPEN, Life
from apps.reservations.models import Reservation
from apps.stations.models import Station
from apps.tokens.selectors import find_twin
from ocpp_platform import keyset


def complete(station: Station, command: Command, *, now: datetime, actor: Doer) -> Command:
    """``command`` ready for the outbox: a reservation is written down and gets its id.

    Call it in the transaction that queues. Raises BadParameters.
    """
    if isinstance(command, CancelReservation):
        _check_open(station, command.reservation_id)
        return command
    if not isinstance(command, ReserveNow):
        return command
    evses = set(station.evses.values_list("number", flat=True))
    if problems := list(life.problems_of(command, now, evses)):
        raise BadParameters(problems)
    order = _filled(station, command)
    made = Reservation.objects.create(
        organisation_id=station.organisation_id,
        station=station,
        evse_id=order.evse_id,
        connector_type=order.connector_type,
        token_uid=order.token,
        token_kind=order.token_type,
        group=order.group,
        actor=actor.label,
        created_at=now,
        expires_at=datetime.fromisoformat(order.expires_at),
    )
    record_many([_fact(kinds.RESERVATION_MADE, made, actor, now)])
    _tell(made)
    return replace(order, reservation_id=made.pk)


def patience_s(command: Command, now: datetime) -> float | None:
    """How long a command may wait for its station; None is as long as any other.

    Nothing is reserved that is over before its station hears of it.
    """
    ends_at = parse_instant(command.expires_at) if isinstance(command, ReserveNow) else None
    if ends_at is None:
        return None
    return min((ends_at - now).total_seconds(), settings.OCPP_COMMAND_EXPIRY_S)


def take_cancel(command: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """The station has let it go, or it stays what it was."""
    made = _find(command.station_id, command.parameters["reservation_id"])
    if made is not None and event.status == "accepted":
        _move(made, Life.CANCELLED, now)


def take_answer(command: CommandRow, event: CommandAnswered, *, now: datetime) -> None:
    """The station holds it, or says why it does not."""
    made = _find(command.station_id, command.parameters["reservation_id"])
    if made is None:
        return
    state = life.after_answer(event.status)
    if state is None:
        Reservation.objects.filter(pk=made.pk, state=Life.PENDING).update(detail="No answer")
        _tell(made)
    else:
        word = "" if state is Life.ACCEPTED else event.detail
        _move(made, state, now, detail=word[:255])


def end(station_id: int, reservation_id: int, how: ReservationEnd, *, now: datetime) -> None:
    """The station let it go (H04); one that is not known here is no matter."""
    made = _find(station_id, reservation_id)
    if made is not None:
        _move(made, life.after_update(how), now)


def use(station_id: int, reservation_id: int, session_id: int, *, now: datetime) -> None:
    """A session names it: by its token, or by another of the group (H_19, 053)."""
    made = _find(station_id, reservation_id)
    if made is not None:
        _move(made, Life.USED, now, session_id=session_id, detail="")


def expire(*, now: datetime) -> int:
    """End what is over by our clock, though its station said nothing. Safe to run twice."""
    patience = timedelta(seconds=settings.OCPP_CALL_TIMEOUT_S)
    over = Reservation.objects.filter(state__in=OPEN, expires_at__lte=now - patience)
    return sum(_expire([made.pk for made in page], now) for page in keyset.pages(over))


@transaction.atomic
def _expire(keys: list[int], now: datetime) -> int:
    """What another process is moving just now is looked at the next time."""
    rows = Reservation.objects.filter(pk__in=keys, state__in=MAY_BECOME[Life.EXPIRED])
    held = rows.select_related("station").select_for_update(skip_locked=True, of=("self",))
    going = list(held.order_by("pk"))
    Reservation.objects.filter(pk__in=[made.pk for made in going]).update(
        state=Life.EXPIRED, settled_at=now
    )
    for made in going:
        made.state = Life.EXPIRED
    record_many(_fact(kinds.RESERVATION_ENDED, made, CLOCK, now) for made in going)
    announce_all((made.organisation_id, f"station:{made.station_id}") for made in going)
    return len(going)


def _filled(station: Station, order: ReserveNow) -> ReserveNow:
    """With the type and the group of the token, as far as it is registered, and UTC."""
    token = find_twin(station.organisation_id, order.token)
    ends_at = parse_instant(order.expires_at)
    return replace(
        order,
        token=token.uid if token else order.token.strip(),
        token_type=token.type if token else order.token_type or "ISO14443",
        group=order.group or (token.group if token else ""),
        evse_id=order.evse_id or None,
        expires_at=_utc(ends_at) if ends_at else order.expires_at,
    )


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _check_open(station: Station, reservation_id: int) -> None:
    """What is no longer open may still be in the station, so only unknown ones are refused."""
    if _find(station.pk, reservation_id) is None:
        raise BadParameters([f"this station has no reservation {reservation_id}"])


def _find(station_id: int, reservation_id: int) -> Reservation | None:
    return Reservation.objects.filter(pk=reservation_id, station_id=station_id).first()


@transaction.atomic
def _move(made: Reservation, state: Life, now: datetime, **changes: Any) -> bool:
    """Whether it was ours to move; a state that nothing leads to from where it is, stays."""
    settled = {} if state is Life.ACCEPTED else {"settled_at": now}
    rows = Reservation.objects.filter(pk=made.pk, state__in=MAY_BECOME[state])
    moved = rows.update(state=state, **settled, **changes)
    if moved:
        made.state = state
        if state is not Life.ACCEPTED:
            by = doers.station(made.station_id, made.station.identity)
            record_many([_fact(kinds.RESERVATION_ENDED, made, by, now)])
        _tell(made)
    return bool(moved)


def _fact(kind: kinds.Kind, made: Reservation, actor: Doer, now: datetime) -> Fact:
    return fact_of(
        kind,
        actor=actor,
        organisation_id=made.organisation_id,
        subject=(made.pk, made.token_uid),
        station_id=made.station_id,
        session_id=made.session_id,
        details={"station": made.station.identity, "state": str(made.state)},
        now=now,
    )


def _tell(made: Reservation) -> None:
    announce(made.organisation_id, f"station:{made.station_id}")


ANSWERED: Mapping[type[Command], Callable[..., None]] = {
    CancelReservation: take_cancel,
    ReserveNow: take_answer,
}
