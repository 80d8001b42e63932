"""A crowd for the clock: stations of a job, behind those of another that are away."""

from collections.abc import Callable

from django.utils import timezone

from apps.campaigns.models import Campaign, Target
from apps.jobs.models import Job
from apps.stations.models import Station
from tests.platform.crowds import HOUR, STUCK, place, stations


def jobs(count: int) -> Callable[[], int]:
    away, here = stations(STUCK, "AWAY", is_connected=False), stations(count)
    _job(away)
    mine = _job(here)
    return lambda: mine.targets.filter(state="sent").count()


def _job(of: list[Station]) -> Campaign:
    whose, now = place().organisation, timezone.now()
    campaign = Campaign.objects.create(
        organisation=whose, kind="job", name="Reset", created_at=now, is_of_group=True
    )
    Job.objects.create(
        campaign=campaign, organisation=whose, action="reset", parameters={}, created_at=now,
        started_at=now, deadline_at=now + HOUR,
    )  # fmt: skip
    Target.objects.bulk_create(Target(campaign=campaign, station=one, turn_at=now) for one in of)
    return campaign
