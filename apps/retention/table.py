"""Every model that grows with time, and how long a row of it is kept; every other, and why not.

A rule ages rows by a column of our own clock. Rows are paged in the order of their key, which
grows with that age, so that a page without an old row is the last to be looked at; where rows
are renewed (``is_renewed``) the column is indexed and pages follow it instead. Messages go by
whole months (``journal/months.py``); only those that were read back have a rule here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from apps.campaigns.life import OPEN as OPEN_TARGETS
from apps.commands.models import OPEN as OPEN_COMMANDS
from apps.device.assembly import OPEN as OPEN_REPORTS
from apps.display.life import Life
from apps.history.models import ABOUT_MONEY, TOLD
from apps.journal.models import READ_BACK
from apps.reconciliation.life import State
from apps.reservations.life import OPEN as OPEN_RESERVATIONS
from apps.uploads.services import remove_files

ALL = Q()


@dataclass(frozen=True, slots=True)
class Named:
    """Rows that ``by`` still names are spared: its ``column`` holds their ``key``."""

    by: str
    column: str
    key: str = "pk"
    where: Q = ALL


@dataclass(frozen=True, slots=True)
class Rule:
    """``kept``: a setting in days, or a span. ``only``: the rows that it is about. ``spared``:
    those that stay whatever their age. ``first``: what must go before the rows of these keys.
    """

    model: str
    age: str | Coalesce
    kept: str | timedelta
    only: Q = ALL
    spared: Q | None = None
    named: tuple[Named, ...] = ()
    is_renewed: bool = False
    first: Callable[[Sequence[Any]], None] | None = None

    def horizon(self, now: datetime) -> datetime:
        """What is older goes."""
        if isinstance(self.kept, timedelta):
            return now - self.kept
        return now - timedelta(days=getattr(settings, self.kept))


EVENTS, COMMANDS = "OCPP_EVENTS_RETENTION_D", "OCPP_COMMANDS_RETENTION_D"
AUDIT, UPLOADS = "OCPP_AUDIT_RETENTION_D", "OCPP_UPLOADS_RETENTION_D"
STRANGERS = "OCPP_STRANGERS_RETENTION_D"

# A campaign that never ends has one turn, as old as itself, and one target a station.
_NEVER_ENDS = Q(turn_at=F("campaign__created_at"))

_RUNNING = Q(ended_at=None)
_UNSETTLED = ~Q(state=State.CLOSED)  # of cases and of incidents
_NAMED_COMMANDS = (
    Named("charging_sessions.Session", "pk", "session_id", _RUNNING),
    Named("charging_sessions.Session", "remote_start_id", where=_RUNNING),
    Named("onboarding.SetupStep", "command_id"),
    Named("power.HeldProfile", "command_id"),
    Named("campaigns.Target", "command_id", where=Q(state__in=OPEN_TARGETS)),
    Named("display.DisplayMessage", "command_id", where=Q(state=Life.ACCEPTED)),
    Named("stations.Variable", "changed_command_id"),
)

RULES = (
    Rule("journal.Message", "kept_until", timedelta(), only=READ_BACK, is_renewed=True),
    Rule("journal.LinkEvent", "at", EVENTS),
    Rule("journal.Refusal", "last_at", EVENTS, is_renewed=True),
    Rule("journal.Refusal", "last_at", STRANGERS, only=Q(organisation_id=None), is_renewed=True),
    Rule("device.DeviceEvent", "received_at", EVENTS),
    Rule("stations.StatusChange", "received_at", EVENTS),
    Rule("stations.StationNotice", "received_at", EVENTS),
    Rule("stations.FormCount", "last_at", EVENTS, is_renewed=True),
    Rule("habits.Habit", "last_at", AUDIT, is_renewed=True),
    Rule("tokens.Attempt", "at", EVENTS),
    Rule("reconciliation.Case", "opened_at", AUDIT, spared=_UNSETTLED),
    Rule("incidents.Incident", "opened_at", AUDIT, spared=_UNSETTLED),
    Rule("incidents.Notice", "made_at", EVENTS, is_renewed=True),
    Rule("incidents.Maintenance", "ends_at", AUDIT, is_renewed=True),
    Rule("charging_sessions.ParkedEvent", "received_at", EVENTS),
    Rule("device.Report", "begun_at", EVENTS, spared=Q(state__in=OPEN_REPORTS)),
    Rule("power.EvPlan", Coalesce("schedule_at", "needs_at"), EVENTS),
    Rule(
        "commands.CommandRow",
        "created_at",
        COMMANDS,
        spared=Q(state__in=OPEN_COMMANDS),
        named=_NAMED_COMMANDS,
    ),
    # Jobs: those that were never started, and all once they are old; others by people, and few.
    Rule("campaigns.Campaign", "created_at", timedelta(days=2), only=Q(state="draft")),
    Rule(
        "campaigns.Campaign",
        "created_at",
        COMMANDS,
        only=Q(kind__in=("job", "job_deed")),
        spared=Q(targets__state__in=OPEN_TARGETS),
    ),
    Rule(
        "campaigns.Target",
        "turn_at",
        COMMANDS,
        spared=Q(state__in=OPEN_TARGETS) | _NEVER_ENDS,
    ),
    Rule("display.DisplayMessage", "created_at", COMMANDS, spared=Q(state=Life.ACCEPTED)),
    Rule("reservations.Reservation", "created_at", COMMANDS, spared=Q(state__in=OPEN_RESERVATIONS)),
    Rule("history.Fact", "at", EVENTS, only=TOLD, is_renewed=True),
    Rule("history.Fact", "at", AUDIT, only=~TOLD & ~ABOUT_MONEY, is_renewed=True),
    Rule(
        "uploads.Upload",
        "expires_at",
        timedelta(),
        only=Q(completed_at__isnull=True),
        is_renewed=True,
        first=remove_files,
    ),
    Rule(
        "uploads.Upload",
        "opened_at",
        UPLOADS,
        spared=Q(completed_at=None),
        first=remove_files,
    ),
    Rule("charging_sessions.StraySample", "received_at", timedelta(days=1), is_renewed=True),
    Rule("accounts.LogIn", "seen_at", timedelta(days=30), is_renewed=True),
    Rule("accounts.FailedLogIn", "last_at", timedelta(days=30), is_renewed=True),
    Rule("sessions.Session", "expire_date", timedelta(), is_renewed=True),
)

_BILL = "a bill"
_BY_PEOPLE = "as many as people make, one at a time"
_PER_STATION = "so many a station, whatever its age"
_WITH_ITS_ROW = "goes with the row that it belongs to"
STEADY = {
    "charging_sessions.Session": _BILL,
    "charging_sessions.Amendment": _BILL,
    "charging_sessions.Sample": "the meter behind a bill; thinned once its session is old",
    "tariffs.Tariff": _BILL,
    "tariffs.TariffVersion": _BILL,
    "tariffs.Tariff_locations": _WITH_ITS_ROW,
    "accounts.Organisation": _BY_PEOPLE,
    "accounts.User": _BY_PEOPLE,
    "accounts.User_groups": _WITH_ITS_ROW,
    "accounts.User_user_permissions": _WITH_ITS_ROW,
    "accounts.ApiKey": _BY_PEOPLE,
    "accounts.Invitation": _BY_PEOPLE,
    "accounts.SecondFactor": _BY_PEOPLE,
    "history.Position": "one for each reader",
    "incidents.Rule": _BY_PEOPLE,
    "tokens.Token": _BY_PEOPLE,
    "tokens.TokenPolicy": _BY_PEOPLE,
    "lists.ListPolicy": _BY_PEOPLE,
    "onboarding.Policy": _BY_PEOPLE,
    "onboarding.RecipeStep": _BY_PEOPLE,
    "campaigns.Campaign_group": _WITH_ITS_ROW,
    "pki.TrustedRoot": _BY_PEOPLE,
    "stations.Location": _BY_PEOPLE,
    "stations.Station": _BY_PEOPLE,
    "stations.Alias": _BY_PEOPLE,
    "stations.StationTag": _PER_STATION,
    "stations.StationGroup": _BY_PEOPLE,
    "stations.StationGroup_members": _WITH_ITS_ROW,
    "jobs.Job": "goes with its campaign",
    "stations.Evse": _PER_STATION,
    "stations.Connector": _PER_STATION,
    "stations.Variable": _PER_STATION,
    "device.Monitor": _PER_STATION,
    "device.Monitoring": _PER_STATION,
    "lists.StationList": _PER_STATION,
    "onboarding.Setup": _PER_STATION,
    "onboarding.SetupStep": _PER_STATION,
    "power.HeldProfile": _PER_STATION,
    "power.ExternalLimit": _PER_STATION,
    "power.StationSchedule": _PER_STATION,
    "pki.InstalledCertificate": _PER_STATION,
    "pki.ProfileOrder": _PER_STATION,
    "pki.IssuedCertificate": "about one a station and year, and each must stay revocable",
    "journal.Block": _BY_PEOPLE,
    "journal.Dismissal": _WITH_ITS_ROW,
    "auth.Group": _BY_PEOPLE,
    "auth.Group_permissions": _WITH_ITS_ROW,
    "auth.Permission": "one for each kind of row",
    "contenttypes.ContentType": "one for each kind of row",
}
