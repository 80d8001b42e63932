"""Crowds for each task of the clock: rows that it moves, behind rows that it cannot move yet.

A ``Crowd``: called with how many shall move, before the task runs; it gives a count of those that
have moved, for afterwards. ``STUCK`` others stand before them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.campaigns.models import Campaign, Target
from apps.campaigns.standing import campaign_of
from apps.certificates.models import IssuedCertificate
from apps.commands.models import CommandRow, State
from apps.device.models import Report
from apps.domain.authorization import SendLocalList
from apps.domain.certificates import RenewCertificate
from apps.domain.costs import TellRunningCost
from apps.history.models import Fact
from apps.incidents.models import Incident, Notice, Rule
from apps.journal.models import Message
from apps.lists.models import ListPolicy
from apps.onboarding.models import Policy, Setup, SetupStep, StepState
from apps.onboarding.orders import ACTOR
from apps.onboarding.renewals import RENEWALS
from apps.onboarding.setups import set_ups_of
from apps.reconciliation.models import Case
from apps.reservations.models import Reservation
from apps.sessions.models import FIRST_ID, Sample, Session
from apps.stations.abilities import SHOWS_COSTS
from apps.stations.models import Location, Station, StationNotice, StatusChange, Variable
from tests.copies import copies
from tests.factories import planned_limit, tariff

STUCK = 600
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Crowd = Callable[[int], Callable[[], int]]


def place() -> Location:
    found = Location.objects.first()
    if found is not None:
        return found
    organisation = Organisation.objects.create(name="Crowds")
    return Location.objects.create(organisation=organisation, name="Field")


def stations(count: int, word: str = "S", **fields: Any) -> list[Station]:
    here = place()
    facts: dict[str, Any] = {
        "protocol": "ocpp2.0.1", "is_connected": True, "boot_status": "Accepted",
        "last_seen_at": timezone.now(),
    } | fields  # fmt: skip
    first = Station(organisation=here.organisation, location=here, identity=f"{word}0", **facts)
    return copies(first, count, identity=f"'{word}' || n")


def command(of: Station, name: str, **fields: Any) -> CommandRow:
    now = timezone.now()
    facts = {"created_at": now, "expires_at": now + HOUR, "parameters": {}} | fields
    return CommandRow(
        organisation_id=of.organisation_id, station_id=of.pk, identity=of.identity, name=name,
        **facts,
    )  # fmt: skip


def commands(whose: list[Station], name: str, **fields: Any) -> list[CommandRow]:
    """One for each: of stations that were made together, or again and again of one."""
    first = command(whose[0], name, **fields)
    if whose[0] == whose[-1]:
        return copies(first, len(whose))
    key = f"{whose[0].pk} + n"
    identity = f"(SELECT identity FROM {Station._meta.db_table} of WHERE of.id = {key})"
    return copies(first, len(whose), station_id=key, identity=identity)


def silent_stations(count: int) -> Callable[[], int]:
    stations(STUCK, "FRESH")
    stations(count, last_seen_at=timezone.now() - DAY)
    return lambda: Station.objects.filter(is_connected=False).count()


def late_commands(count: int) -> Callable[[], int]:
    [one] = stations(1)
    commands([one] * STUCK, "reset")
    commands([one] * count, "reset", expires_at=timezone.now() - HOUR)
    return lambda: CommandRow.objects.filter(state=State.EXPIRED).count()


def sessions(of: Station, count: int, **fields: Any) -> list[Session]:
    at, first = timezone.now() - 5 * HOUR, FIRST_ID + Session.objects.count()
    facts = {"started_at": at, "last_event_at": at, "last_received_at": at} | fields
    row = Session(
        id=first, organisation_id=of.organisation_id, station=of, protocol=of.protocol,
        transaction_id=f"T{first}", state="charging", energy_wh=1_000.0, **facts,
    )  # fmt: skip
    return copies(row, count, id=f"{first} + n", transaction_id=f"'T' || ({first} + n)")


def silent_sessions(count: int) -> Callable[[], int]:
    [away] = stations(1, "AWAY", is_connected=False)
    [here] = stations(1)
    sessions(away, STUCK)
    sessions(here, count)
    return lambda: CommandRow.objects.filter(name="get_transaction_status").count()


def old_sessions(count: int) -> Callable[[], int]:
    [one] = stations(1)
    began_at, ended_at = timezone.now() - 400 * DAY, timezone.now() - 399 * DAY
    over = {"started_at": began_at, "ended_at": ended_at, "has_start": True}
    sessions(one, STUCK, **over, last_received_at=timezone.now())
    old = sessions(one, count, **over, last_received_at=ended_at)
    Sample.objects.bulk_create(
        Sample(
            session_id=of.pk, at=began_at + n * HOUR / 1_000, context="Sample.Periodic",
            register_wh=100.0 * n,
        )
        for of in old
        for n in range(4)
    )  # fmt: skip
    return lambda: Session.objects.filter(is_thinned=True).count()


def differences(count: int) -> Callable[[], int]:
    """Stations that are offline, and sessions that lost their end; what waits is not due yet."""
    [here] = stations(1, "HERE")
    stations(STUCK, "FRESH")
    gone_at = timezone.now() - DAY
    stations(count, is_connected=False, connection_changed_at=gone_at)
    lost = sessions(here, count, ended_at=gone_at + HOUR, flags="estimated", is_estimated=True)
    fact = Fact(
        organisation_id=here.organisation_id, kind="session ended", subject_kind="session",
        session_id=lost[0].pk, actor_kind="clock", actor_label="the clock", written_in=1,
    )  # fmt: skip
    copies(fact, count, session_id=f"{lost[0].pk} + n")

    def moved() -> int:
        kinds = [Case.objects.filter(kind=kind).count() for kind in ("offline", "lost_stop")]
        return kinds[0] if kinds[0] == kinds[1] else -1

    return moved


def incidents(count: int) -> Callable[[], int]:
    """A site for each, and cases that wait at another."""
    here = place()
    [one] = stations(1, "HERE")
    site = Location(organisation=here.organisation, name="site 0")
    sites = copies(site, count, name="'site ' || n")
    first = Station(organisation=here.organisation, location=sites[0], identity="AWAY0")
    away = copies(first, count, identity="'AWAY' || n", location_id=f"{sites[0].pk} + n")
    at = timezone.now()
    facts = {"since_at": at, "opened_at": at, "organisation": here.organisation}
    waits = Case(**facts, station=one, kind="lost_stop", subject="w", state="waiting")
    copies(waits, STUCK, subject="'w' || n")
    case = Case(**facts, station=away[0], kind="offline", subject="s", state="open")
    copies(case, count, subject="'s' || n", station_id=f"{away[0].pk} + n")
    return lambda: Incident.objects.filter(state="open").count()


def told_incidents(count: int) -> Callable[[], int]:
    """Facts that a rule must hear of, behind such as concern nobody."""
    here = place()
    Rule.objects.create(
        organisation=here.organisation, name="R", channel="email", to="a@example.com",
        least="minor", made_at=timezone.now(),
    )  # fmt: skip
    at = timezone.now()
    told = Incident.objects.create(
        organisation=here.organisation, location=here, cause="offline", severity="major",
        since_at=at, opened_at=at,
    )  # fmt: skip
    fact = Fact(
        organisation_id=here.organisation_id, kind="station booted", subject_kind="station",
        actor_kind="station", actor_label="S", written_in=1,
    )  # fmt: skip
    copies(fact, STUCK)
    fact = Fact(
        organisation_id=here.organisation_id, kind="incident opened", subject_kind="incident",
        subject_id=told.pk, actor_kind="clock", actor_label="the clock", written_in=1,
        details={"location_id": here.pk, "severity": "major"},
    )  # fmt: skip
    copies(fact, count)
    return lambda: Notice.objects.count()


def planned_limits(count: int) -> Callable[[], int]:
    now = timezone.now()
    crowd = stations(count)
    late = commands(crowd, "reset", state=State.EXPIRED)
    waiting = commands(crowd[:1] * STUCK, "reset")
    old = [_limit(n, None) for n in range(STUCK)]
    rows = [
        _target(c, of, row, now) for c, of, row in zip(old, crowd[:1] * STUCK, waiting, strict=True)
    ]
    last = _limit(STUCK, None)
    rows += [_target(last, of, row, now) for of, row in zip(crowd, late, strict=True)]
    Target.objects.bulk_create(rows)
    due = _limit(STUCK + 1, now - HOUR)

    def moved() -> int:
        settled = Target.objects.filter(campaign=last, outcome=State.EXPIRED).count()
        sent = Target.objects.filter(campaign=due, command_id__isnull=False).count()
        return settled if settled == sent else -1

    return moved


def _limit(number: int, due_at: datetime | None) -> Campaign:
    return planned_limit(place().organisation, due_at, name=str(number))


def _target(campaign: Campaign, of: Station, row: CommandRow, now: datetime) -> Target:
    return Target(
        campaign=campaign, station=of, turn_at=now, state="sent", attempts=1, command_id=row.pk
    )


def set_ups(count: int) -> Callable[[], int]:
    held, going = stations(STUCK, "HELD"), stations(count)
    waiting = commands(held, "reset", actor=ACTOR)
    made = Setup.objects.bulk_create(Setup(station=of, stage="running") for of in held + going)
    sent = [row.pk for row in waiting] + [None] * count
    read = {"message": "BootNotification"}
    SetupStep.objects.bulk_create(
        SetupStep(
            setup=setup, position=1, name="trigger_message", parameters=read, command_id=key,
            state=StepState.SENT if key else StepState.WAITING,
        )
        for setup, key in zip(made, sent, strict=True)
    )  # fmt: skip
    now = timezone.now()
    campaign = set_ups_of(place().organisation_id, now)
    aimed = [_target(campaign, of, row, now) for of, row in zip(held, waiting, strict=True)]
    aimed += [Target(campaign=campaign, station=of, turn_at=now) for of in going]
    Target.objects.bulk_create(aimed)
    return lambda: SetupStep.objects.filter(state=StepState.SENT).count() - STUCK


def ending_certificates(count: int) -> Callable[[], int]:
    told, crowd = stations(STUCK, "TOLD"), stations(count)
    Policy.objects.create(organisation=place().organisation, renew_before_d=30)
    ends_at = timezone.now() + 5 * DAY
    _certificates(told + crowd, ends_at)
    now = timezone.now()
    campaign = campaign_of(place().organisation_id, RENEWALS, name=ACTOR, now=now)
    Target.objects.bulk_create(
        Target(campaign=campaign, station=of, turn_at=campaign.created_at, next_at=now + DAY)
        for of in told
    )
    name = RenewCertificate.declared.name
    return lambda: CommandRow.objects.filter(name=name).count()


def _certificates(of: list[Station], ends_at: datetime, **fields: Any) -> None:
    now, first = timezone.now(), IssuedCertificate.objects.count()
    IssuedCertificate.objects.bulk_create(
        IssuedCertificate(
            station=one, kind="station", serial_number=str(n), fingerprint=str(n), chain="",
            not_before=now, not_after=ends_at, issued_at=now, is_accepted=True, **fields,
        )
        for n, one in enumerate(of, start=first)
    )  # fmt: skip


def shown_costs(count: int) -> Callable[[], int]:
    here, now = stations(2), timezone.now()
    ((component, variable),) = SHOWS_COSTS.names
    Variable.objects.bulk_create(
        Variable(station=of, component=component, variable=variable, value="true", read_at=now)
        for of in here
    )
    version = tariff(place().organisation, now)
    name = TellRunningCost.declared.name
    deaf = sessions(here[0], STUCK, tariff_version=version)
    CommandRow.objects.bulk_create(
        command(here[0], name, session_id=one.pk, state=State.REJECTED, parameters={"cost": 1})
        for one in deaf
    )
    sessions(here[1], count, tariff_version=version)
    return lambda: CommandRow.objects.filter(name=name, state=State.QUEUED).count()


def stale_lists(count: int) -> Callable[[], int]:
    busy = stations(STUCK, "BUSY")
    stations(count)
    name = SendLocalList.declared.name
    commands(busy, name)
    ListPolicy.objects.create(organisation=place().organisation, is_automatic=True)
    return lambda: CommandRow.objects.filter(name=name).count() - STUCK


def reservations(count: int) -> Callable[[], int]:
    [one] = stations(1)
    now = timezone.now()
    for at, number in ((now + HOUR, STUCK), (now - HOUR, count)):
        row = Reservation(
            organisation=one.organisation, station=one, token_uid="A", created_at=now, expires_at=at
        )
        copies(row, number)
    return lambda: Reservation.objects.filter(state="expired").count()


def silent_reports(count: int) -> Callable[[], int]:
    [one] = stations(1)
    now = timezone.now()
    asked = commands([one] * (STUCK + count), "get_variables", state=State.ACCEPTED)
    for at, rows in ((now, asked[:STUCK]), (now - HOUR, asked[STUCK:])):
        key = rows[0].pk
        report = Report(
            station=one, kind="variables", request_id=key, command_id=key, begun_at=at, last_at=at
        )
        copies(report, len(rows), request_id=f"{key} + n", command_id=f"{key} + n")
    return lambda: CommandRow.objects.filter(state=State.FAILED).count()


def told_customers(count: int) -> Callable[[], int]:
    [one] = stations(1)
    now = timezone.now()
    for at, number, first in ((now, STUCK, 0), (now - 40 * DAY, count, STUCK)):
        report = Report(
            station=one, kind="customer", request_id=first, state="complete", texts={"0": "Olga"},
            begun_at=at, last_at=at,
        )  # fmt: skip
        copies(report, number, request_id=f"{first} + n")
    return lambda: Report.objects.filter(texts={}).count()


def warned_certificates(count: int) -> Callable[[], int]:
    ends_at = timezone.now() + 5 * DAY
    _certificates(stations(STUCK, "TOLD"), ends_at, warned_d=7)
    _certificates(stations(count), ends_at)
    return lambda: StationNotice.objects.filter(title="CertificateEndsSoon").count()


def old_rows(count: int) -> Callable[[], int]:
    [one] = stations(1)
    at = timezone.now() - 2_000 * DAY
    commands([one] * STUCK, "reset", created_at=at)
    change = StatusChange(
        station=one, evse_id=1, connector_id=1, status="Available", at=at, received_at=at
    )
    copies(change, count)
    return lambda: count - StatusChange.objects.count()


def old_messages(count: int) -> Callable[[], int]:
    at, until = timezone.now() - 2_000 * DAY, timezone.now() + DAY
    for number, kept_until in ((STUCK, until), (count, None)):  # the first were read back
        Message.objects.bulk_create(
            Message(
                organisation_id=1, station_id=1, at=at, direction="in", result="ok",
                kept_until=kept_until,
            )
            for _ in range(number)
        )  # fmt: skip
    return lambda: STUCK + count - Message.objects.count()


CROWDS: Mapping[str, Crowd] = {
    "stations.sweep_presence": silent_stations,
    "commands.expire": late_commands,
    "sessions.watch_silence": silent_sessions,
    "sessions.keep_samples": old_sessions,
    "power.push_due": planned_limits,
    "onboarding.go_on": set_ups,
    "onboarding.renew_ending": ending_certificates,
    "costs.tell": shown_costs,
    "reconciliation.reconcile": differences,
    "incidents.keep": incidents,
    "incidents.tell": told_incidents,
    "lists.keep": stale_lists,
    "reservations.expire": reservations,
    "device.watch_reports": silent_reports,
    "device.forget_customers": told_customers,
    "certificates.warn_of_ends": warned_certificates,
    "retention.prune": old_rows,
    "journal.keep": old_messages,
}
