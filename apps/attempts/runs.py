"""What ran at stations when cards were held there: whether a card led on, or was refused in it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from apps.domain.vocabulary import TokenStatus
from apps.sessions.energy import LITTLE_WH
from apps.sessions.marks import JOINED_INTO
from apps.sessions.models import Session
from apps.sessions.pace import FLOWING_W
from apps.tokens.keys import Key
from apps.tokens.models import Attempt
from apps.tokens.spelling import same

PATIENCE = timedelta(minutes=5)  # from the card to the start
SLACK = timedelta(minutes=2)
ACCEPTED = TokenStatus.ACCEPTED.value
EMPTY = Q(
    Q(max_power_w=None) | Q(max_power_w__lte=FLOWING_W), ~Q(flags__contains=JOINED_INTO),
    is_problem=True, ended_at__isnull=False, energy_wh__lt=LITTLE_WH,
)  # fmt: skip
_LONGEST = timedelta(days=2)  # a session that a card may still end


@dataclass(frozen=True, slots=True)
class Run:
    """One session. ``is_empty``: it has ended, and nothing flowed in it."""

    session_id: int
    evse_id: int | None
    uid: str
    began_at: datetime
    heard_at: datetime
    ended_at: datetime | None
    is_empty: bool

    def was_led_to_by(self, card: Attempt) -> bool:
        """It began with the card soon, or it ran, and the card may have ended it."""
        return (not self.uid or same(self.uid, card.uid)) and any(
            card.at - SLACK <= began_at <= card.at + PATIENCE
            or (began_at <= card.at and (self.ended_at is None or self.ended_at >= card.at - SLACK))
            for began_at in (self.began_at, self.heard_at)
        )

    def is_attempt_of(self, card: Attempt) -> bool:
        """The card was refused in it: a driver tried once, and both tell of it. What was held
        right before or after one in which energy flowed may have been held elsewhere.
        """
        slack = SLACK if self.is_empty else timedelta(0)
        since, until = self.began_at - slack, (self.ended_at or card.at) + slack
        return same(self.uid, card.uid) and since <= card.at <= until


def find_runs(cards: Sequence[Attempt]) -> dict[int, list[Run]]:
    """By station, around the time of ``cards``, which are given newest first; in one query."""
    if not cards:
        return {}
    around = (cards[-1].at - _LONGEST, cards[0].at + PATIENCE)
    rows = Session.objects.filter(
        Q(started_at__range=around) | Q(start_heard_at__range=around),
        station_id__in={card.station_id for card in cards},
    ).annotate(is_empty=ExpressionWrapper(EMPTY, BooleanField()))
    found: dict[int, list[Run]] = defaultdict(list)
    for station_id, number, evse_id, uid, began_at, heard_at, ended_at, is_empty in (
        rows.order_by("started_at", "pk").values_list(
            "station_id", "pk", "evse_id", "token_uid", "started_at", "start_heard_at",
            "ended_at", "is_empty",
        )
    ):  # fmt: skip
        run = Run(number, evse_id, uid, began_at, heard_at or began_at, ended_at, bool(is_empty))
        found[station_id].append(run)
    return found


def tried_in(card: Attempt, runs: Iterable[Run]) -> Run | None:
    """The session in which a refused card was shown."""
    return next((run for run in runs if run.is_attempt_of(card)), None)


def was_refused() -> Exists:
    """Of empty sessions, those whose card was refused: ``is_attempt_of`` in a database's words."""
    cards = Attempt.objects.exclude(verdict=ACCEPTED).annotate(key=Key("uid"))
    return Exists(
        cards.filter(
            station_id=OuterRef("station_id"), at__gte=OuterRef("started_at") - SLACK,
            at__lte=OuterRef("ended_at") + SLACK, key=Key(OuterRef("token_uid")),
        )
    )  # fmt: skip
