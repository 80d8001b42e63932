"""The simulated stations take the steps as real ones would, and are accepted."""

from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.onboarding import services
from apps.onboarding.models import Setup
from apps.simulator.station import SimStation
from apps.stations import passwords
from apps.stations.models import Station, Variable
from tests.factories import OFFICE
from tests.onboarding.scene import READ, SET, now, stage, wants
from tests.servers import TIMING, Charger, eventually, rows
from tests.throwaway import Platform

MESSAGE: dict[str, Any] = {"message": "StatusNotification"}


async def test_a_simulated_station_is_set_up_and_accepted(
    charger: Charger, network: Organisation, either: type[SimStation]
) -> None:
    await wants(network, SET, READ, ("trigger_message", MESSAGE), ("set_password", {}))
    station = await charger(either)
    await station.connect()
    await eventually(lambda: Station.objects.get().boot_status == "Accepted", "the acceptance")
    setup = await stage("CP1", "done")
    taken = await rows(lambda: list(setup.steps.values_list("name", "state", "detail")))
    assert [state for _, state, _ in taken] == ["done"] * 4, taken
    names = ("MeterValueSampleInterval", "TxUpdatedInterval")
    value = await rows(lambda: Variable.objects.get(variable__in=names, evse_id=0).value)
    assert value == "60"
    kept = (await rows(Station.objects.get)).password_digest
    assert kept
    assert not passwords.matches(b"", kept)


@pytest.mark.parametrize("password", [None, "what-it-was-made-with"])
async def test_one_that_nobody_knows_waits_until_it_is_accepted(
    server: Platform, network: Organisation, either: type[SimStation], password: str | None
) -> None:
    await wants(network, SET, unknown="hold", retry_interval_s=1)
    station = either(identity="NEW-1", url=server.ocpp, timing=TIMING, password=password)
    await station.connect()
    await eventually(lambda: Station.objects.get().boot_status == "Pending", "the first boot")
    await rows(lambda: services.accept(Station.objects.get(), now=now(), actor=OFFICE))
    await eventually(lambda: Station.objects.get().boot_status == "Accepted", "the acceptance")
    assert (await rows(Setup.objects.get)).stage == "done"
    assert bool((await rows(Station.objects.get)).password_digest) == bool(password)
    await station.close()
