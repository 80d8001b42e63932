"""Certificates of ours that end soon are renewed by themselves, where that is wanted."""

from datetime import UTC, datetime, timedelta

from apps.accounts.models import Organisation
from apps.commands import expiry
from apps.commands.models import CommandRow
from apps.onboarding import renewals
from apps.onboarding.models import Policy
from apps.stations.models import Station
from tests.certificates.records import issue

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_certificate_that_ends_soon_is_renewed_once_a_day(
    network: Organisation, station: Station
) -> None:
    soon, later = NOW + timedelta(days=20), NOW + timedelta(days=40)
    issue(station, not_after=soon)
    assert renewals.renew_ending(now=NOW) == 0
    Policy.objects.create(organisation=network, renew_before_d=30)
    assert renewals.renew_ending(now=NOW) == 1
    row = CommandRow.objects.get()
    assert (row.name, row.actor, row.reason) == (
        "renew_certificate", "set-up", "Its certificate ends on 2026-05-21",
    )  # fmt: skip
    expiry.expire(now=NOW + timedelta(hours=5))
    assert renewals.renew_ending(now=NOW + timedelta(hours=6)) == 0
    assert renewals.renew_ending(now=NOW + timedelta(hours=25)) == 1
    issue(station, not_after=later)
    assert renewals.renew_ending(now=NOW + timedelta(days=3)) == 0, "it was replaced"


def test_none_is_renewed_that_was_revoked_refused_or_has_ended(
    network: Organisation, station: Station
) -> None:
    Policy.objects.create(organisation=network, renew_before_d=30)
    soon = NOW + timedelta(days=20)
    issue(station, not_after=soon, revoked_at=NOW)
    issue(station, not_after=soon, is_accepted=False)
    issue(station, not_after=NOW - timedelta(days=1))
    issue(station, not_after=soon, kind="v2g")
    assert renewals.renew_ending(now=NOW) == 0
