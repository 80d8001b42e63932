"""Every address of the API, as the administrator of another organisation calls it."""

import re
from datetime import timedelta
from typing import Any

import pytest

from apps.accounts import invitations
from apps.accounts.models import ApiKey, Invitation, User
from apps.campaigns.models import Campaign
from apps.certificates import roots
from apps.certificates.models import IssuedCertificate, TrustedRoot
from apps.commands.models import CommandRow
from apps.incidents.models import Incident, Maintenance
from apps.jobs.models import Job
from apps.journal.models import Message
from apps.reconciliation.models import Case
from apps.reservations.models import Reservation
from apps.sessions.models import Session
from apps.stations.models import Location, Station
from apps.tariffs.models import Tariff
from apps.tokens.models import Token
from tests.api.conftest import Program
from tests.api.test_access import TABLE
from tests.certificates import maker, records
from tests.factories import Cast, planned_limit
from tests.scene import scene

KINDS = {
    "cases": Case, "incidents": Incident, "maintenance": Maintenance,
    "certificates": IssuedCertificate, "certificates/roots": TrustedRoot, "commands": CommandRow,
    "jobs": Job,
    "locations": Location, "pushes": Campaign, "reservations": Reservation, "sessions": Session,
    "tariffs": Tariff, "tokens": Token,
    "users": User, "users/invitations": Invitation, "keys": ApiKey,
}  # fmt: skip
OURS = ("NL-RTM", "NL-AMS", "04A2C9E1", "Public fast", "Blaak", "Harbour Power", "Mobility")


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    """A network in which something lies behind every address."""
    settings.WHITENOISE_AUTOREFRESH = True
    made = scene()
    records.issue(made.extras["busy"])
    text = maker.pem(maker.root("Mobility").certificate)
    roots.trust(made.organisation.pk, text, actor=made.admin, now=made.now)
    invitations.invite(
        organisation_id=made.organisation.pk, role="viewer", actor=made.admin, now=made.now
    )
    planned_limit(made.organisation, made.now + timedelta(hours=1), name="Peak at Blaak")
    return made


def ours(cast: Cast, path: str) -> str:
    """The path of the table with what is there: of an organisation of many, one of the first."""
    path = path.replace("NL-001", cast.extras["busy"].identity)
    if found := re.match(r"(.+?)/9/", path):
        rows = KINDS[found[1]].objects.order_by("pk")
        one = rows.last() if found[1] == "pushes" else rows.first()  # jobs are campaigns, too
        path = path.replace("/9/", f"/{one.pk}/")
    return path


def names_one(path: str) -> bool:
    """Whether it speaks of something that an organisation has."""
    return "NL-001" in path or re.match(r".+?/9/", path) is not None


def counted() -> list[int]:
    return [kind.objects.count() for kind in (*KINDS.values(), Station, Message)]


def test_what_is_ours_is_not_there_for_a_stranger(
    admin: Program, stranger: Program, cast: Cast
) -> None:
    before = counted()
    for method, path, _ in TABLE:
        if not names_one(path):
            continue
        there = ours(cast, path)
        assert stranger.send(method, there, {}).status_code == 404, (method, there)
        assert method != "GET" or admin.get(there).status_code != 404, there
    assert counted() == before


def test_what_a_stranger_may_read_names_nothing_of_ours(stranger: Program, cast: Cast) -> None:
    for method, path, _ in TABLE:
        if method != "GET" or names_one(path):
            continue
        answer = stranger.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, path
        assert [word for word in OURS if word.encode() in body] == [], path
