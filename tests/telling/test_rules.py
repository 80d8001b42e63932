"""Each rule, where it speaks and where it keeps silent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.commands.models import CommandRow
from apps.domain.charging import StartSession, StopSession
from apps.domain.operation import ResetStation
from apps.domain.power import SetChargingProfile
from apps.sessions.models import Session
from apps.stations.models import StatusChange
from apps.telling.bounds import bounds_of
from apps.telling.case import Case
from apps.telling.diagnosis import RULES, diagnose
from apps.telling.evidence import Reading, Rows, bounded
from apps.telling.limits import set_limits
from apps.telling.messages import Said
from apps.telling.refs import Kind, Ref
from apps.telling.selectors import Telling, told_of
from apps.tokens.models import Attempt

BEGAN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OVER = 60


def at(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


NO_ROWS = Rows()


def told(rows: Rows = NO_ROWS, *, now: float = 90, **fields: Any) -> Telling:
    """Of an hour of 11 kW that was ended with a card, unless told otherwise."""
    known: dict[str, Any] = {
        "pk": 7, "transaction_id": "7", "evse_id": 1, "connector_id": 1, "token_uid": "AB12",
        "started_at": BEGAN, "ended_at": at(OVER), "last_received_at": at(OVER), "state": "ended",
        "stop_reason": "Local", "energy_wh": 11_000.0, "meter_start_wh": 0.0, "protocol": "ocpp1.6",
    }  # fmt: skip
    session = Session(**{**known, **fields})
    if not rows.said:
        rows = replace(rows, said=(start(), end()))
    if not rows.readings:
        rows = replace(rows, readings=charged())
    bounds = bounds_of(
        evse_id=1, started_at=session.started_at, ended_at=session.ended_at, now=at(now)
    )
    return told_of(bounded(session, bounds, rows), at(now))


def start(**more: Any) -> Said:
    return Said(**{"id": 1, "received_at": BEGAN, "action": "Start", "phase": "start",
                   "at": BEGAN, "until_at": BEGAN, **more})  # fmt: skip


def end(**more: Any) -> Said:
    return Said(**{"id": 2, "received_at": at(OVER), "action": "Stop", "phase": "end",
                   "at": at(OVER), "until_at": at(OVER), "token": "AB12", "reason": "Local",
                   **more})  # fmt: skip


def charged(until: int = OVER, w: float = 11_000, **more: Any) -> tuple[Reading, ...]:
    return tuple(Reading(at(minute), minute * w / 60, w, **more) for minute in range(until + 1))


def change(status: str, minute: float, **more: Any) -> StatusChange:
    given = {"pk": int(minute * 10), "evse_id": 1, "connector_id": 1, "status": status, **more}
    return StatusChange(**{"at": at(minute), "received_at": at(minute), **given})


def row(command: Any, minute: float, state: str = "accepted", **more: Any) -> CommandRow:
    given = {"pk": int(minute * 10) + 1000, "actor": "Anna", "state": state, **more}
    return CommandRow(
        name=command.declared.name, created_at=at(minute), answered_at=at(minute),
        parameters={k: getattr(command, k) for k in command.__dataclass_fields__}, **given,
    )  # fmt: skip


def attempt(verdict: str, minute: float) -> Attempt:
    return Attempt(pk=int(minute * 10) + 500, uid="AB12", verdict=verdict, at=at(minute))


def limit(amount: float, unit: str, minute: float = 1) -> CommandRow:
    profile = {
        "id": 1, "purpose": "TxDefaultProfile", "stack_level": 0, "kind": "Absolute",
        "schedules": [{"unit": unit, "start_at": at(0).isoformat(),
                       "periods": [{"start_s": 0, "limit": amount}]}],
    }  # fmt: skip
    return row(SetChargingProfile(1, profile), minute)


def limited(amount: float, unit: str, **more: Any) -> Rows:
    given = limit(amount, unit)
    session = Session(pk=7, transaction_id="7", evse_id=1, started_at=BEGAN)
    return Rows(limits=set_limits(session, [given], at(OVER)), commands=(given,), **more)


SPEAKS: dict[str, Telling] = {
    "normal": told(),
    "nothing_unusual": told(ended_at=None, state="charging"),
    "power_cut": told(stop_reason="PowerLoss"),
    "restarted": told(stop_reason="Reboot"),
    "cable_out_early": told(
        Rows(readings=(Reading(at(0), 0.0),)), ended_at=at(0.1), stop_reason="EVDisconnected",
        energy_wh=0.0,
    ),
    "no_energy": told(Rows(readings=charged(w=0)), energy_wh=0.0),
    "no_power_while_charging": told(
        Rows(readings=charged(w=0), changes=(change("Charging", 1),)), energy_wh=0.0
    ),
    "waiting": told(
        Rows(readings=charged(w=0)), ended_at=None, state="pending", energy_wh=0.0
    ),
    "open_though_free": told(Rows(changes=(change("Available", 70),)), ended_at=None),
    "readings_set_aside": told(flags="implausible_reading"),
    "readings_not_understood": told(flags="unread_reading"),
    "wrong_clock": told(flags="clock"),
    "time_not_told": told(Rows(said=(start(at=None, until_at=None), end())), flags="clock"),
    "energy_decided": told(flags="decided"),
    "messages_missing": told(flags="gaps"),
    "start_missing": told(flags="no_start"),
    "no_register": told(flags="no_register"),
    "marked": told(flags="something_new"),
    "refused_message": told(flags="refused_message"),
    "no_meter_values": told(Rows(readings=(Reading(at(0), 0.0, is_edge=True),))),
    "stop_not_done": told(Rows(commands=(row(StopSession("7"), 30, "rejected"),))),
    "stopped_by_limit": told(stop_reason="TimeLimitReached"),
    "remote_start_failed": told(Rows(commands=(row(StartSession("AB12"), -2, "rejected"),))),
    "started_remotely": told(Rows(commands=(row(StartSession("AB12"), -1, "confirmed"),))),
    "several_attempts": told(Rows(attempts=tuple(attempt("Invalid", -m) for m in (4, 3, 2)))),
    "refused_then_accepted": told(
        Rows(attempts=(attempt("Invalid", -3), attempt("Accepted", -1)))
    ),
    "card_refused": told(stop_reason="DeAuthorized", flags="unauthorised"),
    "not_authorised": told(stop_reason="DeAuthorized"),
    "no_card": told(flags="unauthorised", token_uid=""),
    "ended_by_other_card": told(Rows(said=(start(), end(token="CD34")))),
    "reservation": told(reservation_id=4),
    "offline_start": told(Rows(said=(start(is_offline=True), end()))),
    "very_long": told(ended_at=at(3 * 1440)),
    "idle_after_charging": told(
        Rows(readings=charged(10) + tuple(Reading(at(m), 1833.0, 0.0) for m in (11, 55)))
    ),
    "car_stopped": told(Rows(readings=charged(30), changes=(change("SuspendedEV", 30),))),
    "car_full": told(
        Rows(readings=charged(30, soc_pct=99.0), changes=(change("SuspendedEV", 30),))
    ),
    "car_paused": told(
        Rows(changes=(change("SuspendedEV", 20), change("Charging", 25)))
    ),
    "station_paused": told(Rows(changes=(change("SuspendedEVSE", 20), change("Charging", 25)))),
    "resumed_after_fault": told(
        Rows(changes=(change("Faulted", 20, error_code="HighTemperature"), change("Charging", 25)))
    ),
    "limited": told(limited(16, "A")),
    "throttled": told(limited(11_040, "W")),
    "estimated_end": told(is_estimated=True, stop_reason="Silent"),
    "messages_not_kept": told_of(
        bounded(
            Session(pk=7, transaction_id="7", started_at=BEGAN, ended_at=at(OVER),
                    stop_reason="Local", energy_wh=1.0, evse_id=1),
            bounds_of(evse_id=1, started_at=BEGAN, ended_at=at(OVER), now=at(90)),
            Rows(is_kept=False),
        ), at(90),
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(SPEAKS))
def test_a_rule_speaks_where_it_must(code: str) -> None:
    telling = SPEAKS[code]
    assert code in [finding.code for finding in telling.findings]
    for finding in telling.findings:
        assert finding.text.endswith(".")
        assert finding.advice
        assert finding.evidence


SILENT: list[tuple[str, str, Telling]] = [
    ("a meter that is not believed", "no_energy",
     told(Rows(readings=charged(w=0)), energy_wh=0.0, flags="implausible_reading")),
    ("a meter that is not believed", "no_power_while_charging",
     told(Rows(readings=charged(w=0), changes=(change("Charging", 1),)), flags="unread_reading")),
    ("energy without power samples", "no_energy",
     told(Rows(readings=tuple(Reading(at(m), m * 10.0) for m in range(9))), energy_wh=90.0)),
    ("far below the limit", "throttled", told(limited(22_000, "W"))),
    ("a limit of another session", "limited",
     told(Rows(limits=set_limits(Session(pk=8, evse_id=2, started_at=BEGAN),
                                 [limit(6, "A")], at(OVER))))),
    ("an accepted card", "card_refused", told(Rows(attempts=(attempt("Invalid", -3),)))),
    ("an accepted card, ended by the station", "card_refused",
     told(Rows(said=(start(verdict="Accepted", token="AB12"), end())), stop_reason="DeAuthorized")),
    ("a swipe of the session before", "refused_then_accepted",
     told(Rows(attempts=(attempt("Invalid", -9), attempt("Accepted", -1))))),
    ("old samples that were thinned", "no_meter_values",
     told(Rows(readings=(Reading(at(0), 0.0, is_edge=True),)), is_thinned=True)),
    ("a clock that was wrong", "very_long", told(ended_at=at(3 * 1440), flags="clock")),
    ("the same card", "ended_by_other_card", told(Rows(said=(start(), end(token="ab12"))))),
    ("a status before the start", "station_paused",
     told(Rows(changes=(change("SuspendedEVSE", -2),)))),
    ("another connector", "fault", told(Rows(changes=(change("Faulted", 9, connector_id=2),)))),
    ("another EVSE", "fault", told(Rows(changes=(change("Faulted", 9, evse_id=2),)))),
    ("long after the end", "fault", told(Rows(changes=(change("Faulted", 62),)))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("why", "code", "telling"), SILENT, ids=[f"{code}: {why}" for why, code, _ in SILENT]
)
def test_a_rule_keeps_silent_where_it_would_guess(why: str, code: str, telling: Telling) -> None:
    assert code not in [finding.code for finding in telling.findings], why


def test_every_rule_is_tried() -> None:
    """A rule that never speaks here is one that nobody has looked at."""
    silent = [
        rule
        for rule in RULES
        if not any(rule(Case(t.evidence, t.stop, at(90))) for t in SPEAKS.values())
    ]
    # As flows, in test_field_cases; and in test_unsettled.
    known = {"operator", "outage", "late_values", "unsettled"}
    assert {rule.__name__ for rule in silent} <= known


def test_what_ended_it_did_not_let_charging_go_on() -> None:
    changes = (change("Faulted", 59, error_code="HighTemperature"), change("Charging", 59.5))
    telling = told(Rows(changes=changes), stop_reason="OtherFault")
    text = " ".join(finding.text for finding in telling.findings)
    assert "Charging went on" in text
    assert "It ended the session" not in text


@pytest.mark.parametrize("offset_s", [None, -3 * 365 * 86_400.0, -3_600.0])
def test_nothing_is_told_at_an_instant_of_a_wrong_clock(offset_s: float | None) -> None:
    behind = timedelta(seconds=offset_s or -3 * 365 * 86_400)
    said = (
        start(at=BEGAN + behind, until_at=BEGAN + behind),
        end(id=3, phase="update", state="Charging", at=at(5) + behind, received_at=at(5)),
        end(at=at(OVER) + behind, until_at=at(OVER) + behind),
    )
    telling = told(Rows(said=said), flags="clock", offset_s=offset_s)
    assert {moment.at for moment in telling.moments} == {BEGAN, at(5), at(OVER)}


def test_a_reset_of_a_person_is_named() -> None:
    reset = row(ResetStation("immediate"), OVER - 0.5)
    telling = told(Rows(commands=(reset,), said=(start(), end(token="", reason="HardReset"))),
                   stop_reason="HardReset")  # fmt: skip
    assert telling.stop is not None
    assert (telling.stop.by, telling.stop.name) == ("operator", "Anna")
    assert "restarted" in [finding.code for finding in telling.findings]


def test_what_nobody_gave_is_the_systems_own() -> None:
    stop = row(StopSession("7"), OVER - 0.5, is_unasked=True, actor="limits")
    telling = told(Rows(commands=(stop,), said=(start(), end(token="", reason="Remote"))),
                   stop_reason="Remote")  # fmt: skip
    assert telling.stop is not None
    assert telling.stop.by == "csms"


def test_a_power_cut_names_the_others_at_the_site() -> None:
    others = (Ref(Kind.SESSION, 8, at(60)), Ref(Kind.SESSION, 9, at(60)))
    (cut, *_) = told(Rows(others=others), stop_reason="PowerLoss").findings
    assert "2 other sessions" in cut.text
    assert set(others) < set(cut.evidence)


def test_what_is_serious_comes_first() -> None:
    telling = told(
        Rows(changes=(change("Faulted", 20, error_code="GroundFailure"),)),
        flags="gaps clock", reservation_id=4,
    )  # fmt: skip
    tones = [finding.tone for finding in telling.findings]
    assert tones == sorted(tones, key=["faulted", "paused", "ok"].index)
    assert diagnose(Case(telling.evidence, telling.stop, at(90))) == telling.findings
