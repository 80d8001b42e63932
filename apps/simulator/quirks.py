"""Named misbehaviours of real stations, as data: what each is, and what it changes.

A quirk with a rewrite changes outgoing messages; one without is a habit that the station
itself asks for by name. Their order is that in which they apply: what takes a message out of
its form comes last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from apps.simulator import clock_rewrites as clocks
from apps.simulator import rewrites, sample_rewrites
from apps.simulator.rewrites import Memory, Rewrite
from apps.simulator.wire import Message

V16 = frozenset({"ocpp1.6"})
V201 = frozenset({"ocpp2.0.1"})
BOTH = V16 | V201


@dataclass(frozen=True)
class Quirk:
    name: str
    summary: str
    protocols: frozenset[str] = BOTH
    rewrite: Rewrite | None = None


CATALOGUE = (
    Quirk("no_boot_on_reconnect", "Reconnects without a BootNotification", V16),
    Quirk("boot_on_reconnect", "Sends a BootNotification after every reconnect", V201),
    Quirk("no_status_after_connect", "Sends no StatusNotification after it connected"),
    Quirk("accept_and_do_nothing", "Accepts what the server commands, and does nothing"),
    Quirk("register_resets", "The energy register starts at 0 in every session"),
    Quirk(
        "duplicate_start",
        "Sends the start twice, with a new message id and the same content",
        rewrite=rewrites.duplicate_start,
    ),
    Quirk(
        "lost_stop",
        "Never sends the end of a session, only goes Available",
        rewrite=rewrites.lost_stop,
    ),
    Quirk(
        "phantom_start",
        "Sends one start that no driver asked for, and nothing after it",
        rewrite=rewrites.phantom_start,
    ),
    Quirk(
        "txid_overflow",
        "MeterValues carry transactionId 9223372036854775807",
        V16,
        rewrites.txid_overflow,
    ),
    Quirk(
        "stop_txid_zero",
        "StopTransaction carries transactionId 0",
        V16,
        rewrites.stop_txid(0),
    ),
    Quirk(
        "stop_txid_minus_one",
        "StopTransaction carries transactionId -1",
        V16,
        rewrites.stop_txid(-1),
    ),
    Quirk(
        "no_transaction_id_in_meter_values",
        "MeterValues carry no transactionId",
        V16,
        rewrites.no_transaction_id,
    ),
    Quirk(
        "late_closing_meter_values",
        "Sends meter values once more after the end of the session",
        rewrite=rewrites.late_closing,
    ),
    Quirk(
        "seqno_gap",
        "Drops every third update of a session, for good",
        rewrite=rewrites.drop_every_third_update,
    ),
    Quirk(
        "reordered_events",
        "Every second update leaves after the message that followed it",
        rewrite=rewrites.swap_updates,
    ),
    Quirk(
        "meterstop_low",
        "The closing register is 1 Wh below the last sample",
        rewrite=sample_rewrites.meterstop_low,
    ),
    Quirk(
        "register_kwh_as_wh",
        "Sampled energy is in kWh but labelled Wh",
        rewrite=sample_rewrites.edit_samples(sample_rewrites.kwh_called_wh),
    ),
    Quirk(
        "unit_kwh",
        "Sampled energy is in kWh, and says so",
        rewrite=sample_rewrites.edit_samples(sample_rewrites.unit_kwh),
    ),
    Quirk(
        "power_only_samples",
        "Samples carry power and no energy",
        rewrite=sample_rewrites.power_only_samples,
    ),
    Quirk(
        "empty_sampled_value",
        "sampledValue is an empty list",
        rewrite=sample_rewrites.empty_sampled_value,
    ),
    Quirk(
        "numeric_values",
        "Sampled values have the other JSON type: numbers in 1.6, strings in 2.0.1",
        rewrite=sample_rewrites.edit_samples(sample_rewrites.other_json_type, breaks_schema=True),
    ),
    Quirk(
        "lowercase_tag",
        "The id token is lower-cased everywhere but in Authorize",
        rewrite=rewrites.lowercase_tag,
    ),
    Quirk(
        "long_serial",
        "A serial number of 33 characters where 25 are allowed",
        rewrite=rewrites.long_serial,
    ),
    Quirk(
        "missing_trigger_reason",
        "TransactionEvent without its required triggerReason",
        V201,
        rewrites.without_trigger_reason,
    ),
    Quirk(
        "clock_1970",
        "The clock counts from 1970-01-01, as before a first time sync",
        rewrite=clocks.by_clock(clocks.counting_from(clocks.EPOCH)),
    ),
    Quirk(
        "clock_2023",
        "The clock counts from 2023-01-01, the day it was made",
        rewrite=clocks.by_clock(clocks.counting_from(clocks.FACTORY)),
    ),
    Quirk(
        "clock_set_late",
        "The clock counts from 2023-01-01 and is set right after a minute and a half",
        rewrite=clocks.by_clock(clocks.set_late),
    ),
    Quirk(
        "clock_years_ahead",
        "The clock is nine years ahead",
        rewrite=clocks.by_clock(clocks.off_by(timedelta(days=9 * 365))),
    ),
    Quirk(
        "clock_local",
        "Local time, two hours ahead, that calls itself UTC",
        rewrite=clocks.by_clock(clocks.off_by(timedelta(hours=2))),
    ),
    Quirk(
        "clock_behind",
        "The clock is three hours and seven minutes behind",
        rewrite=clocks.by_clock(clocks.off_by(-timedelta(hours=3, minutes=7))),
    ),
    Quirk(
        "clock_jumps",
        "The clock is set back by an hour, and forth again, every 75 seconds",
        rewrite=clocks.by_clock(clocks.jumping),
    ),
    Quirk("clock_stuck", "The clock stands still", rewrite=clocks.by_clock(clocks.stuck)),
    Quirk(
        "clock_drifts",
        "The clock gains a second in fifty",
        rewrite=clocks.by_clock(clocks.drifting),
    ),
    Quirk(
        "naive_timestamps",
        "Timestamps without a time zone",
        rewrite=clocks.edit_times(clocks.without_zone, breaks_schema=True),
    ),
    Quirk(
        "zero_at_start",
        "The register at the begin of a session is told as 0: it was not read yet",
        rewrite=sample_rewrites.begin_shows(0),
    ),
    Quirk(
        "overflow_at_start",
        "The register at the begin of a session is told as 2147483647",
        rewrite=sample_rewrites.begin_shows(sample_rewrites.INT32_MAX),
    ),
    Quirk(
        "zero_once",
        "The second sample of a session shows a register of 0",
        rewrite=sample_rewrites.once(lambda _wh: 0),
    ),
    Quirk(
        "lifetime_once",
        "The second sample of a session shows a register that is 7,930 kWh higher",
        rewrite=sample_rewrites.once(lambda wh: wh + sample_rewrites.LIFETIME_WH),
    ),
    Quirk(
        "fall_once",
        "The second sample of a session shows a register that is 700 Wh lower",
        rewrite=sample_rewrites.once(lambda wh: max(0, wh - sample_rewrites.FALL_WH)),
    ),
    Quirk(
        "unit_wh_called_kwh",
        "Sampled energy is in Wh, but labelled kWh",
        rewrite=sample_rewrites.edit_samples(sample_rewrites.wh_called_kwh),
    ),
    Quirk(
        "lost_stop_on_second",
        "Never sends the end of a session on its second connector",
        rewrite=rewrites.lost_stop_on_second,
    ),
    Quirk("lost_start", "Never sends the start of a session", V201, rewrites.lost_start),
    Quirk(
        "sent_twice",
        "Sends every message of a session twice, with a new message id",
        rewrite=rewrites.sent_twice,
    ),
    Quirk(
        "stop_by_the_minute",
        "The time of a stop is rounded down to the minute",
        rewrite=rewrites.stop_by_the_minute,
    ),
    Quirk("no_connector_id", "Names EVSEs, and no connector", V201, rewrites.without_connector),
    Quirk("other_token_type", "Calls every card ISO15693", V201, rewrites.other_token_type),
    Quirk(
        "decimal_meter_stop",
        "meterStop has a fraction",
        V16,
        rewrites.decimal_meter_stop,
    ),
    Quirk(
        "null_members",
        "A reservation or a card that there is none of is null",
        V16,
        rewrites.null_members,
    ),
    Quirk(
        "connector_in_authorize",
        "Authorize carries a connectorId",
        V16,
        rewrites.connector_in_authorize,
    ),
    Quirk(
        "empty_stop",
        "The end of a session is told with an empty payload",
        rewrite=rewrites.empty_stop,
    ),
    Quirk(
        "object_meter_value",
        "meterValue is an object instead of a list",
        rewrite=sample_rewrites.object_meter_value,
    ),
    Quirk(
        "null_payload",
        "Heartbeat with a payload of null",
        rewrite=rewrites.null_heartbeat,
    ),
)
BY_NAME = {quirk.name: quirk for quirk in CATALOGUE}


class UnknownQuirkError(ValueError):
    """A name that is not in the catalogue, or not a habit of that protocol's stations."""


class Habits:
    """The quirks of one station, applied in catalogue order; each has its own memory."""

    def __init__(self, names: Iterable[str], protocol: str) -> None:
        wanted = set(names)
        for name in sorted(wanted):
            if name not in BY_NAME:
                raise UnknownQuirkError(f"no quirk is called {name}")
            if protocol not in BY_NAME[name].protocols:
                raise UnknownQuirkError(f"{name} is not a quirk of {protocol} stations")
        self.names = frozenset(wanted)
        chosen = [quirk for quirk in CATALOGUE if quirk.name in wanted]
        self._rewrites = [(q.rewrite, Memory()) for q in chosen if q.rewrite is not None]

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def apply(self, message: Message) -> list[Message]:
        messages = [message]
        for rewrite, memory in self._rewrites:
            messages = [out for each in messages for out in rewrite(each, memory)]
        return messages
