"""Stations on their way into service, as rows."""

from apps.onboarding.models import Setup, SetupStep
from apps.onboarding.recipe import add_step
from apps.stations.models import Station
from tests import factories as make
from tests.factories import Cast
from tests.onboarding.scene import READ, SET


def on_the_way(cast: Cast) -> tuple[Station, Station]:
    """NL-NEW-003, whose set-up failed at its second step, and NL-NEW-004, who waits."""
    for name, parameters in (READ, SET, ("set_password", {})):
        add_step(cast.admin, name=name, parameters=parameters)
    failed = make.station(cast.location, "NL-NEW-003", now=cast.now, statuses=())
    Station.objects.filter(pk=failed.pk).update(boot_status="Pending")
    setup = Setup.objects.create(
        station=failed, stage="failed", started_at=cast.now, finished_at=cast.now,
        reason="Step 2, Set MeterValueSampleInterval to 60: Rejected: UnknownVariable",
    )  # fmt: skip
    for position, (name, parameters, state, detail) in enumerate(
        (
            (*READ, "done", "Read"),
            (*SET, "failed", "Rejected: UnknownVariable"),
            ("set_password", {}, "waiting", ""),
        ),
        start=1,
    ):
        SetupStep.objects.create(
            setup=setup, position=position, name=name, parameters=parameters, state=state,
            detail=detail,
        )  # fmt: skip
    held = make.station(
        cast.location, "NL-NEW-004", now=cast.now, statuses=(), is_stranger=True,
        boot_policy="pending", serial_number="A-0041", registered_at=cast.now,
    )  # fmt: skip
    Station.objects.filter(pk=held.pk).update(boot_status="Pending")
    for station in (failed, held):
        station.refresh_from_db()
    return failed, held
