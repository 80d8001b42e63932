"""What must truly have been for each sentence that is told of a session of a fleet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from apps.device.models import DeviceEvent
from apps.journal.models import LinkEvent, Message
from apps.reconciliation.models import Case
from apps.sessions.models import Sample
from apps.sessions.models import Session as Row
from apps.simulator.outlet import Session
from apps.stations.models import StatusChange
from apps.telling.bounds import AFTER, BEFORE
from apps.telling.refs import Kind, Ref
from apps.telling.selectors import Telling
from tests.sessions.fleets import Charger
from tests.sessions.plans import CLOCKS

STOPPED_BY = {
    "Local": "driver_at_station",
    "EVDisconnected": "cable",
    "PowerLoss": "station",
    "Reboot": "station",
    "GroundFault": "station",
}
ODD = frozenset({
    "zero_once", "lifetime_once", "fall_once", "overflow_at_start", "unit_wh_called_kwh",
    "register_kwh_as_wh", "zero_at_start",
})  # fmt: skip
UNCLEAR = frozenset({"overflow_at_start", "object_meter_value", "empty_sampled_value"})
MISNAMING = frozenset({"stop_txid_zero", "stop_txid_minus_one", "txid_overflow"})
SHOWN_WH = 150.0  # that powers give
# Its stop shows a register of some samples before, and those between speak against it.
_FALLING = frozenset({"meterstop_low", "reordered_events"})
STEADY = 5  # readings that show an interval
# Of a clock that stands still it is said for the instants of its readings, be it true or not.
BY_A_STILL_CLOCK = frozenset({"readings_set_aside"})


@dataclass(frozen=True)
class Lived:
    """A session and its charger, as they were."""

    charger: Charger
    session: Session

    def __str__(self) -> str:
        one = self.session
        when = f"{one.started_at} to {one.ended_at} on EVSE {one.evse_id} ({one.stop_reason})"
        return f"{self.charger.quirks}: {when}, {one.told} told; {self.charger.past}"

    @property
    def quirks(self) -> frozenset[str]:
        return frozenset(self.charger.quirks)

    def has(self, *quirks: str) -> bool:
        return not frozenset(quirks).isdisjoint(self.charger.quirks)

    @property
    def ended_at(self) -> datetime:
        assert self.session.ended_at is not None
        return self.session.ended_at

    @property
    def is_end_lost(self) -> bool:
        is_second = self.session.evse_id == 2 and self.has("lost_stop_on_second")
        return is_second or self.is_forgotten or self.has("lost_stop", "empty_stop")

    @property
    def may_be_parked(self) -> bool:
        """Whether its end names no transaction, so that all else that it tells must fit."""
        return self.has("stop_txid_zero", "stop_txid_minus_one")

    @property
    def is_forgotten(self) -> bool:
        return self.session.token.uid in self.charger.past.forgotten

    @property
    def is_beyond_knowing(self) -> bool:
        return self.is_unit_untold or self.is_leap_untold

    @property
    def is_leap_untold(self) -> bool:
        """Whether its clock jumped while nobody heard, and no steady readings show that."""
        told = [r for r in self.session.readings if r.context == "Sample.Periodic"]
        return self.has("clock_jumps") and self.was_out and len(told) < STEADY

    @property
    def is_unit_untold(self) -> bool:
        """Whether its register is of another unit, and no two powers in a row show that."""
        told = [r for r in self.session.readings if r.context == "Sample.Periodic"]
        shown_wh = sum(
            min(one.power_w, other.power_w) * (other.at - one.at).total_seconds() / 3600
            for one, other in pairwise(told)
        )
        return self.has("register_kwh_as_wh") and (shown_wh < SHOWN_WH or self.is_forgotten)

    @property
    def was_out(self) -> bool:
        """Whether there was no link in its time."""
        return any(
            began_at <= self.ended_at and (ended_at is None or ended_at >= self.session.started_at)
            for began_at, ended_at in self.charger.wire.outages
        )

    @property
    def had_fault(self) -> bool:
        first, last = self.session.started_at - BEFORE, self.ended_at + AFTER
        return any(
            evse_id == self.session.evse_id and first <= at <= last
            for evse_id, at in self.charger.past.faults
        )

    @property
    def was_paused(self) -> bool:
        return self.session.token.uid in self.charger.past.paused


TRUE: dict[str, Callable[[Lived], bool]] = {
    "normal": lambda one: not one.is_end_lost,
    "fault": lambda one: one.had_fault,
    "resumed_after_fault": lambda one: one.had_fault,
    "power_cut": lambda one: one.session.stop_reason == "PowerLoss",
    "restarted": lambda one: one.session.stop_reason == "Reboot",
    "estimated_end": lambda one: one.is_end_lost or one.may_be_parked,
    "no_energy": lambda one: one.session.energy_wh < 1,
    "cable_out_early": lambda one: one.session.stop_reason == "EVDisconnected",
    "no_connection": lambda one: one.was_out,
    "offline_start": lambda one: one.was_out,
    "late_values": lambda one: one.was_out,
    "car_stopped": lambda one: one.was_paused,
    "idle_after_charging": lambda one: one.was_paused,
    "car_paused": lambda one: one.was_paused,
    "wrong_clock": lambda one: one.has(*CLOCKS),
    "time_not_told": lambda one: one.has("empty_stop"),
    "readings_set_aside": lambda one: one.has(*ODD) or one.quirks >= _FALLING,
    "readings_not_understood": lambda one: one.has(*UNCLEAR),
    "messages_missing": lambda one: (
        one.is_forgotten
        or one.has("seqno_gap", "lost_start")
        or (one.is_end_lost and one.has("late_closing_meter_values"))
    ),
    "start_missing": lambda one: one.is_forgotten or one.has("lost_start"),
    "no_register": lambda one: one.has("power_only_samples", *ODD),
    "no_power_while_charging": lambda one: one.was_paused and one.was_out,  # 1.6 forgets the pause
    "no_meter_values": lambda one: one.is_forgotten or one.has("empty_sampled_value"),
    "unsettled": lambda _one: True,  # that there is a case is all it says
    "marked": lambda one: (
        one.is_forgotten or one.has("overflow_at_start", "lost_start", "empty_stop", *MISNAMING)
    ),
}


def is_true(code: str, one: Lived) -> bool:
    if code in BY_A_STILL_CLOCK and one.has("clock_stuck"):
        return True
    return TRUE[code](one)


def is_stopped_by(one: Lived, by: str) -> bool:
    """Whether ``by`` is who ended it, or nobody told."""
    if by == "estimated":
        return one.is_end_lost or one.may_be_parked
    return by == "unknown" or by == STOPPED_BY[one.session.stop_reason or ""]


def is_own(ref: Ref, row: Row, telling: Telling) -> bool:
    """Whether it is about this session, on its own outlet and in its own time."""
    bounds, place = telling.evidence.bounds, (0, row.evse_id)
    match ref.kind:
        case Kind.MESSAGE:
            return Message.objects.filter(pk=ref.key, session_id=row.pk).exists()
        case Kind.SAMPLE:
            return Sample.objects.filter(session_id=row.pk, at=ref.at).exists()
        case Kind.STATUS:
            shown = StatusChange.objects.get(pk=ref.key, station_id=row.station_id)
            return shown.evse_id in place and bounds.holds(shown.at)
        case Kind.LINK:
            link = LinkEvent.objects.get(pk=ref.key, station_id=row.station_id)
            return any(outage.covers(link.at) for outage in telling.evidence.outages)
        case Kind.ALARM:
            alarm = DeviceEvent.objects.get(pk=ref.key, station_id=row.station_id)
            return alarm.evse_id in place and bounds.holds(alarm.at)
        case Kind.CASE:
            return (
                Case.objects.filter(pk=ref.key, session_id=row.pk).exclude(state="closed").exists()
            )
    return ref.key == row.pk or Row.objects.get(pk=ref.key).stop_reason == "PowerLoss"
