"""Stations that nobody knows: turned away, or held until somebody decides."""

from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import InvalidStatus

from apps.accounts.models import Organisation
from apps.domain.vocabulary import BootStatus
from apps.gateway.holding import Asked, is_muted
from apps.journal.models import Refusal
from apps.onboarding import renewals, services
from apps.stations.models import Station
from apps.tokens.models import Attempt
from tests.factories import OFFICE
from tests.gateway.secure import basic
from tests.onboarding.scene import READ, now, obeyed, station, wants
from tests.servers import rows
from tests.throwaway import Platform
from tests.wire import Wire, dial

BOTH = pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
TRIGGER = ("TriggerMessage", {"requestedMessage": "BootNotification"})


@pytest.fixture
async def holding(network: Organisation, server: Platform) -> AsyncIterator[Platform]:
    await wants(network, unknown="hold", most_held=2)
    yield server


async def refused(wire: Wire, action: str, payload: object) -> bool:
    answer = await wire.call(action, payload)
    return (answer[0], answer[2]) == (4, "SecurityError")


@BOTH
async def test_one_that_is_held_may_only_boot_also_when_it_comes_again(
    holding: Platform, network: Organisation, protocol: str
) -> None:
    token = {"idTag": "AB12"} if protocol == "ocpp1.6" else {
        "idToken": {"idToken": "AB12", "type": "ISO14443"}
    }  # fmt: skip
    for _ in range(2):
        wire = await dial(holding.ocpp, "NEW-1", protocol)
        assert await refused(wire, "Heartbeat", {}), "not before it has booted either"
        assert (await wire.boot())["status"] == "Pending"
        assert await refused(wire, "Heartbeat", {})
        assert await refused(wire, "Authorize", token)
        await wire.close()
    found = await station("NEW-1")
    assert (found.organisation_id, found.is_stranger) == (network.pk, True)
    assert not await rows(Attempt.objects.exists)


@BOTH
async def test_one_that_is_accepted_is_called_back_and_in_service(
    holding: Platform, protocol: str
) -> None:
    wire = await dial(holding.ocpp, "NEW-1", protocol)
    await wire.boot()
    found = await station("NEW-1")
    await rows(lambda: services.accept(found, now=now(), actor=OFFICE))
    assert await obeyed(wire) == TRIGGER
    assert (await wire.boot())["status"] == "Accepted"
    assert await wire.is_alive()
    assert not (await station("NEW-1")).is_stranger
    await wire.close()


async def test_one_that_is_accepted_is_set_up_first(
    holding: Platform, network: Organisation
) -> None:
    await wants(network, READ)
    wire = await dial(holding.ocpp, "NEW-1")
    await wire.boot()
    assert (await wire.boot())["status"] == "Pending"
    found = await station("NEW-1")
    await rows(lambda: services.accept(found, now=now(), actor=OFFICE))
    assert (await obeyed(wire))[0] == "GetBaseReport"
    assert await obeyed(wire) == TRIGGER
    assert (await wire.boot())["status"] == "Accepted"
    await wire.close()


@BOTH
async def test_one_that_is_rejected_hears_it_and_nothing_after_it(
    holding: Platform, protocol: str
) -> None:
    wire = await dial(holding.ocpp, "NEW-1", protocol)
    await wire.boot()
    found = await station("NEW-1")
    await rows(lambda: services.reject(found, now=now(), actor=OFFICE))
    assert await obeyed(wire) == TRIGGER
    assert (await wire.boot())["status"] == "Rejected"
    await rows(lambda: renewals.renew(found.pk, now=now()))
    assert await refused(wire, "Heartbeat", {})
    assert wire.calls.empty()
    await wire.close()


async def test_no_more_than_so_many_wait_and_no_impossible_ones(holding: Platform) -> None:
    for identity in ("NEW-1", "NEW-2"):
        wire = await dial(holding.ocpp, identity)
        await wire.close()
    for identity in ("NEW-3", "x" * 49):
        with pytest.raises(InvalidStatus) as caught:
            await dial(holding.ocpp, identity)
        assert caught.value.response.status_code == 404
    assert await rows(Station.objects.count) == 2
    kept = await rows(lambda: Refusal.objects.get(identity="NEW-3"))
    assert kept.reason == "unknown_identity"


async def test_the_password_that_it_came_with_is_its_own(holding: Platform) -> None:
    wire = await dial(holding.ocpp, "NEW-1", **basic("NEW-1", "first-shown"))
    await wire.close()
    for how in ({}, basic("NEW-1", "another")):
        with pytest.raises(InvalidStatus) as caught:
            await dial(holding.ocpp, "NEW-1", **how)
        assert caught.value.response.status_code == 401
    wire = await dial(holding.ocpp, "NEW-1", **basic("NEW-1", "first-shown"))
    await wire.close()


async def test_without_such_a_policy_nobody_waits(server: Platform, network: Organisation) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await dial(server.ocpp, "NEW-1")
    assert caught.value.response.status_code == 404
    assert not await rows(Station.objects.exists)


@pytest.mark.parametrize(
    ("status", "is_stranger", "muted"),
    [
        (BootStatus.PENDING, False, True),
        (BootStatus.REJECTED, False, True),
        (BootStatus.ACCEPTED, False, False),
        (None, False, False),
        (BootStatus.PENDING, True, True),
        (None, True, True),
        (BootStatus.ACCEPTED, True, False),
    ],
)
def test_who_may_say_nothing_but_its_boot(
    status: BootStatus | None, is_stranger: bool, muted: bool
) -> None:
    assert is_muted(status, is_on_trial=is_stranger) is muted


def test_what_was_asked_for_comes_as_often_as_it_was_asked_for() -> None:
    asked = Asked()
    assert not asked.take("Heartbeat")
    asked.note([("TriggerMessage", {"requestedMessage": "Heartbeat"})])
    assert [asked.take("Heartbeat") for _ in range(2)] == [True, False]
    asked.note([("TriggerMessage", {"requestedMessage": "StatusNotification", "evse": {"id": 1}})])
    assert [asked.take("StatusNotification") for _ in range(2)] == [True, False]
    asked.note([("TriggerMessage", {"requestedMessage": "StatusNotification"})])
    assert all(asked.take("StatusNotification") for _ in range(9)), "of all connectors"
    asked.note([("GetBaseReport", {"requestId": 1})])
    assert all(asked.take("NotifyReport") for _ in range(9))
    asked.note([("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"})])
    assert [asked.take("SignCertificate") for _ in range(5)] == [True] * 4 + [False]
    assert not asked.take("NotifyMonitoringReport")
