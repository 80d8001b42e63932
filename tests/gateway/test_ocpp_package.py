"""Stations made of the ``ocpp`` package's own client, at every security profile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from ocpp.routing import on
from ocpp.v16 import ChargePoint as ChargePoint16
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v201 import ChargePoint as ChargePoint201
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201

from apps.accounts.models import Organisation
from apps.commands.models import CommandRow, State
from apps.commands.services import queue
from apps.domain.commands import ResetStation
from apps.sessions.models import Session
from apps.stations.models import Station
from apps.tokens.models import Token
from tests.certificates.maker import Signed
from tests.gateway.secure import Secure, basic
from tests.servers import eventually, register, rows
from tests.wire import Wire

PASSWORD = "a-password-of-20-chars"
PROFILES = (0, 1, 2, 3)
HOUR = timedelta(hours=1)


Some = TypeVar("Some", ChargePoint16, ChargePoint201)


class Station16(ChargePoint16):
    """Charges once, and resets when told."""

    @on("Reset")
    def reset(self, type: str) -> result16.Reset:  # noqa: A002 - the package passes it so
        return result16.Reset(status="Accepted" if type == "Soft" else "Rejected")

    async def charge(self) -> None:
        booted = await self.call(call16.BootNotification("One", "Package"))
        assert booted.status == "Accepted"
        known = await self.call(call16.Authorize("AB12"))
        assert known.id_tag_info["status"] == "Accepted"
        started = await self.call(call16.StartTransaction(1, "AB12", 1000, instant(HOUR)))
        assert started.id_tag_info["status"] == "Accepted"
        ended = await self.call(
            call16.StopTransaction(3500, instant(), started.transaction_id, id_tag="AB12")
        )
        assert ended.id_tag_info["status"] == "Accepted"


class Station201(ChargePoint201):
    """Charges once, and resets when told."""

    @on("Reset")
    def reset(self, type: str, **_more: Any) -> result201.Reset:  # noqa: A002 - as above
        return result201.Reset(status="Accepted" if type == "OnIdle" else "Rejected")

    async def charge(self) -> None:
        booted = await self.call(
            call201.BootNotification({"model": "One", "vendor_name": "Package"}, "PowerUp")
        )
        assert booted.status == "Accepted"
        token = {"id_token": "AB12", "type": "ISO14443"}
        known = await self.call(call201.Authorize(token))
        assert known.id_token_info["status"] == "Accepted"
        for number, (kind, trigger, wh) in enumerate(
            [("Started", "Authorized", 1000.0), ("Ended", "StopAuthorized", 3500.0)]
        ):
            told = await self.call(event(kind, trigger, number, wh, token))
            assert told.id_token_info["status"] == "Accepted"


def event(
    kind: str, trigger: str, number: int, wh: float, token: dict[str, str]
) -> call201.TransactionEvent:
    is_begin = kind == "Started"
    context = "Transaction.Begin" if is_begin else "Transaction.End"
    at = instant(HOUR if is_begin else timedelta())
    sampled = [{"value": wh, "context": context}]
    return call201.TransactionEvent(
        event_type=kind,
        timestamp=at,
        trigger_reason=trigger,
        seq_no=number,
        transaction_info={"transaction_id": "T-1"},
        evse={"id": 1, "connector_id": 1},
        id_token=token,
        meter_value=[{"timestamp": at, "sampled_value": sampled}],
    )


def instant(ago: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) - ago).isoformat().replace("+00:00", "Z")


async def way_in(secure: Secure, network: Organisation, roots: Signed, profile: int) -> Any:
    """How a station of this profile connects; it is registered."""
    fields = {"security_profile": profile, "password": PASSWORD if profile in (1, 2) else ""}
    await rows(lambda: register(network, "CP1", **fields))
    how: dict[str, Any] = basic("CP1", PASSWORD) if profile in (1, 2) else {}
    if profile == 3:
        how["shows"] = roots.sign("CP1")
    return how | {"is_plain": profile < 2}


@asynccontextmanager
async def running(kind: type[Some], wire: Wire) -> AsyncIterator[Some]:
    socket = await wire.hand_over()
    station = kind("CP1", socket)
    listening = asyncio.create_task(station.start())
    try:
        yield station
    finally:
        await socket.close()
        await asyncio.wait({listening})


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("kind", "protocol"),
    [(Station16, "ocpp1.6"), (Station201, "ocpp2.0.1")],
    ids=["1.6", "2.0.1"],
)
async def test_a_station_of_the_ocpp_package_charges_and_obeys(
    kind: type[Station16] | type[Station201], protocol: str, profile: int,
    secure: Secure, network: Organisation, roots: Signed, card: Token,
) -> None:  # fmt: skip
    how = await way_in(secure, network, roots, profile)
    wire = await secure.dial("CP1", protocol, **how)
    async with running(kind, wire) as station:
        await station.charge()
        row = await rows(ordered_reset)
        await eventually(lambda: CommandRow.objects.get(pk=row.pk).state == State.ACCEPTED)
    session = await rows(Session.objects.get)
    assert (session.energy_wh, session.token_uid) == (2500, "AB12")


def ordered_reset() -> CommandRow:
    station = Station.objects.get(identity="CP1")
    return queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=ResetStation(),
        now=datetime.now(UTC),
    )
