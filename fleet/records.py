"""Rows of the platform: stations and cards that it knows beforehand, and what it kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Q

from apps.accounts.services import home_organisation
from apps.history.doers import command_line
from apps.history.reading import place_of, read_after
from apps.journal.models import Message
from apps.protocol.examination import MONEY
from apps.reconciliation.models import Case
from apps.reconciliation.services import JUDGED, READER
from apps.sessions.models import Session
from apps.stations.models import Station
from apps.stations.sites import default_location
from apps.tariffs.services import add_tariff, add_version
from apps.tokens.models import Attempt, Token
from fleet.verdict import ENERGY_PER_KWH, TIME_PER_HOUR, Kept

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
# What these say of a call that carries neither money nor state is no matter of business.
OF_FORM = frozenset({
    "FormationViolation", "FormatViolation", "NotImplemented", "NotSupported",
    "OccurenceConstraintViolation", "OccurrenceConstraintViolation",
    "PropertyConstraintViolation", "ProtocolError", "RpcFrameworkError",
    "TypeConstraintViolation",
})  # fmt: skip


def register(identities: Iterable[str], cards: Iterable[str]) -> None:
    """The chargers at one place, the cards, and a price by energy and time without VAT."""
    home, actor = home_organisation(), command_line("fleet")
    place = default_location(home, actor=actor)
    Station.objects.bulk_create(
        Station(organisation=home, location=place, identity=identity) for identity in identities
    )
    Token.objects.bulk_create(Token(organisation=home, uid=card) for card in cards)
    tariff = add_tariff(
        organisation_id=home.pk, name="Fleet", currency="EUR", is_default=True, actor=actor
    )
    add_version(
        tariff, valid_from=SINCE, energy_per_kwh=ENERGY_PER_KWH, time_per_hour=TIME_PER_HOUR,
        actor=actor,
    )  # fmt: skip


def count_open() -> int:
    """Sessions that have not ended."""
    return Session.objects.filter(ended_at__isnull=True).count()


def is_judged() -> bool:
    """Whether each session that ended has been held against what it should be."""
    return not any(fact.kind in JUDGED for fact in read_after(place_of(READER)))


def kept() -> list[Kept]:
    """Every session."""
    rows = Session.objects.select_related("station").order_by("pk")
    cases: dict[int | None, set[str]] = defaultdict(set)
    for session_id, kind in Case.objects.filter(is_current=True).values_list("session_id", "kind"):
        cases[session_id].add(kind)
    return [
        Kept(
            row.station.identity, row.pk, row.evse_id, row.token_uid, row.transaction_id,
            row.started_at, row.ended_at, row.energy_wh, row.price_incl_vat,
            frozenset(row.flags.split()), frozenset(cases[row.pk]),
        )
        for row in rows
    ]  # fmt: skip


def refusals() -> tuple[Counter[str], Counter[str]]:
    """CALLERRORs to stations: how many of each kind; those for business reasons, and others.

    What carries money or state is never refused over form.
    """
    errors = Message.objects.filter(Q(error_code__gt=""), direction="in")
    business: Counter[str] = Counter()
    form: Counter[str] = Counter()
    for action, code in errors.values_list("action", "error_code"):
        is_of_form = code in OF_FORM and action not in MONEY
        (form if is_of_form else business)[f"{action or 'no call'}: {code}"] += 1
    return business, form


def refused_cards() -> set[tuple[str, str]]:
    """Stations and the cards that were refused there, as the attempts tell."""
    rows = Attempt.objects.exclude(verdict="Accepted")
    stations = dict(Station.objects.values_list("pk", "identity"))
    return {(stations[pk], uid.upper()) for pk, uid in rows.values_list("station_id", "uid")}
