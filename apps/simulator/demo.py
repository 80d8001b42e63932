"""The eight stations of the demo: four of each OCPP version, several makers' habits.

Names of makers and models are real, everything else about these stations is made up.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from apps.simulator.behaviour import Visit, keep_visiting, plan_visit
from apps.simulator.clock import Clock
from apps.simulator.curve import Car, Supply
from apps.simulator.dialect import Identity
from apps.simulator.fleet import STATION_CLASSES, until_stopped
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet, Token
from apps.simulator.station import SimStation

DEMO_SPEED = 15.0
SAMPLE_INTERVAL_S = 5


@dataclass(frozen=True)
class DemoToken:
    uid: str
    type: str
    driver: str
    status: Literal["accepted", "blocked"] = "accepted"


@dataclass(frozen=True)
class DemoStation:
    identity: str
    protocol: Literal["ocpp1.6", "ocpp2.0.1"]
    vendor: str
    model: str
    firmware: str
    serial: str
    location: str
    connectors: int  # one per EVSE
    connector_type: str
    kind: Literal["AC", "DC"]
    max_power_w: int  # of each EVSE
    phases: int
    password: str
    quirks: tuple[str, ...] = ()


DEMO_TOKENS = (
    DemoToken("04A1B2C3D4E580", "ISO14443", "Ada Okafor"),
    DemoToken("04B7C61E2F9081", "ISO14443", "Jonas Lindqvist"),
    DemoToken("04C3D90A51BE72", "ISO14443", "Mei Tanaka"),
    DemoToken("04D8E4F7061A93", "ISO14443", "Carlos Mendes"),
    DemoToken("04E5F10B2C3D64", "ISO14443", "Fatima Haddad"),
    DemoToken("04FF00BADC0DE5", "ISO14443", "Lost card", "blocked"),
)

DEMO_STATIONS = (
    DemoStation(
        "ALF-HARBOUR-01", "ocpp1.6", "Alfen BV", "NG920-61032", "6.5.0-4192", "ACE0412873",
        "Harbour car park", 2, "cType2", "AC", 22_000, 3,
        "demo-harbour-alfen-7Qx2", ("no_boot_on_reconnect",),
    ),
    DemoStation(
        "EVB-HARBOUR-02", "ocpp1.6", "EVBox", "B2322-5064", "G4P3.34.0", "EVB-P2047711",
        "Harbour car park", 2, "cType2", "AC", 11_000, 3,
        "demo-harbour-evbox-3Kd9", ("no_transaction_id_in_meter_values",),
    ),
    DemoStation(
        "WBX-LIBRARY-01", "ocpp1.6", "Wall Box Chargers", "PLP1-0-2-4", "6.4.17", "WBX558210",
        "City library", 1, "cType2", "AC", 7_400, 1,
        "demo-library-wallbox-8Ty4", ("meterstop_low",),
    ),
    DemoStation(
        "ABB-RINGROAD-01", "ocpp1.6", "ABB", "Terra 54 CJ", "5.2.2.11", "T54-IT4-0921-117",
        "Ring road services", 1, "cCCS2", "DC", 50_000, 3,
        "demo-ringroad-abb-1Mz6", ("duplicate_start",),
    ),
    DemoStation(
        "KEB-LIBRARY-02", "ocpp2.0.1", "KEBA", "KC-P40", "1.3.1", "23410587",
        "City library", 1, "cType2", "AC", 22_000, 3,
        "demo-library-keba-5Wn8", ("lowercase_tag",),
    ),
    DemoStation(
        "ZAP-OFFICE-01", "ocpp2.0.1", "Zaptec", "Zaptec Pro", "4.2.1.0", "ZPR018834",
        "Mill Street offices", 1, "cType2", "AC", 22_000, 3,
        "demo-office-zaptec-2Rv7",
    ),
    DemoStation(
        "HYC-RINGROAD-02", "ocpp2.0.1", "alpitronic GmbH", "HYC300", "2.7.4", "14BZ1337A",
        "Ring road services", 2, "cCCS2", "DC", 150_000, 3,
        "demo-ringroad-alpitronic-9Lc3",
    ),
    DemoStation(
        "KMP-DEPOT-01", "ocpp2.0.1", "Kempower", "C500 Satellite", "3.11.0", "C501DC20240077",
        "Bus depot", 2, "cCCS2", "DC", 100_000, 3,
        "demo-depot-kempower-4Hs5", ("reordered_events",),
    ),
)  # fmt: skip


def build_station(url: str, demo: DemoStation) -> SimStation:
    chance = random.Random(demo.serial)
    voltage_v = 230.0 if demo.kind == "AC" else 400.0
    supply = Supply(demo.kind, demo.max_power_w, demo.phases, voltage_v)
    outlets = [
        Outlet(
            number,
            supply,
            connector_type=demo.connector_type,
            meter=Meter(chance.randrange(2_000_000, 60_000_000)),
        )
        for number in range(1, demo.connectors + 1)
    ]
    return STATION_CLASSES[demo.protocol](
        identity=demo.identity,
        url=url,
        password=demo.password,
        about=Identity(demo.vendor, demo.model, demo.firmware, demo.serial),
        outlets=outlets,
        quirks=demo.quirks,
        clock=Clock(DEMO_SPEED),
        sample_interval_s=SAMPLE_INTERVAL_S,
        samples_itself=True,
    )


def opening_visit(demo: DemoStation, evse_id: int, chance: random.Random) -> Visit:
    """The first visit at an outlet, cast so that there is soon something to see."""
    token = Token(DEMO_TOKENS[chance.randrange(len(DEMO_TOKENS) - 1)].uid)
    car = Car(capacity_wh=58_000.0, soc_pct=chance.uniform(20.0, 55.0), max_ac_power_w=22_000)
    opening = {
        "KEB-LIBRARY-02": _seconds(token, car, 2, 200, pause_at_s=12, pause_s=60),
        "ABB-RINGROAD-01": _seconds(token, car, 4, 150, fault_at_s=50, fault_s=40),
        "ZAP-OFFICE-01": _seconds(Token(DEMO_TOKENS[-1].uid), car, 8, 60),
    }
    if evse_id == 1:
        return opening.get(demo.identity) or _seconds(
            token, car, chance.uniform(1, 9), chance.uniform(90, 240)
        )
    return plan_visit(chance, _tokens())


def _seconds(
    token: Token,
    car: Car,
    wait_s: float,
    charge_s: float,
    *,
    pause_at_s: float | None = None,
    pause_s: float = 0.0,
    fault_at_s: float | None = None,
    fault_s: float = 0.0,
) -> Visit:
    """A visit in real seconds at the demo's speed."""
    return Visit(
        token,
        car,
        wait_s=wait_s * DEMO_SPEED,
        charge_s=charge_s * DEMO_SPEED,
        pause_at_s=pause_at_s and pause_at_s * DEMO_SPEED,
        pause_s=pause_s * DEMO_SPEED,
        fault_at_s=fault_at_s and fault_at_s * DEMO_SPEED,
        fault_s=fault_s * DEMO_SPEED,
    )


def _tokens() -> list[Token]:
    return [Token(token.uid, token.type) for token in DEMO_TOKENS]


async def run_demo(url: str, stations: Sequence[DemoStation], stop: asyncio.Event) -> None:
    """Connect them all and let drivers come and go until `stop` is set."""
    built = [(demo, build_station(url, demo)) for demo in stations]
    jobs = [_run(demo, station) for demo, station in built]
    await until_stopped(stop, jobs, [station for _, station in built])


async def _run(demo: DemoStation, station: SimStation) -> None:
    await station.connect_persistently()
    chance = random.Random(demo.identity)
    visits = (
        keep_visiting(station, n, _tokens(), chance, opening_visit(demo, n, chance))
        for n in station.outlets
    )
    await asyncio.gather(*visits)
