"""Twenty makers and their habits, and the faults that befall chargers of any make. Data.

``sources`` are the numbers of the habits in ``docs/vendors.md``; ``quirks`` the names that
``apps/simulator/quirks.py`` has for them.
"""

from dataclasses import dataclass

from apps.simulator.quirks import BY_NAME

V16, V201 = "ocpp1.6", "ocpp2.0.1"


@dataclass(frozen=True)
class Maker:
    """A make: what it speaks, what it does, and how many outlets it has, each with a meter."""

    name: str
    protocol: str
    sources: tuple[int, ...]
    quirks: tuple[str, ...] = ()
    evses: int = 1
    is_dc: bool = False
    vendor: str | None = None  # what it calls itself, if not by its name


MAKERS = (
    Maker("ABB Terra AC", V16, (60, 98), ("duplicate_start", "register_resets")),
    Maker("Alfen Eve", V16, (55, 90), ("txid_overflow", "unit_kwh"), evses=2),
    Maker("Delta DC", V16, (58,), ("stop_txid_zero",), is_dc=True),
    Maker("EVBox Elvi", V16, (68, 117), ("no_transaction_id_in_meter_values",
          "no_status_after_connect")),
    Maker("Grizzl-E Smart", V16, (37, 99, 122), ("register_resets", "null_payload")),
    Maker("Growatt THOR", V16, (47, 85), ("naive_timestamps", "null_members")),
    Maker("Hager Witty Park", V16, (86,), ("lost_stop_on_second",), evses=2),
    Maker("Huawei SCharger", V16, (38, 91), ("object_meter_value", "power_only_samples",
          "meterstop_low"), vendor=""),
    Maker("KEBA P30", V16, (53, 59), ("stop_txid_minus_one", "stop_by_the_minute")),
    Maker("Mennekes Amtron", V16, (48,), ("clock_local",)),
    Maker("OpenEVSE", V16, (94,), ("numeric_values", "register_kwh_as_wh")),
    Maker("Schneider EVlink", V16, (36, 81), ("long_serial", "lowercase_tag"), evses=2),
    Maker("Vestel EVC04", V16, (30, 99), ("empty_sampled_value", "register_resets")),
    Maker("Wallbox", V16, (22, 92), ("no_boot_on_reconnect", "meterstop_low")),
    Maker("Zaptec Go 2", V16, (64, 93), ("lost_stop", "overflow_at_start")),
    Maker("EVerest", V201, (153,), ("reordered_events", "late_closing_meter_values"), evses=2),
    Maker("FoxESS A", V201, (3, 151, 155), ("boot_on_reconnect", "other_token_type")),
    Maker("MicroOcpp", V201, (46, 61, 150), ("clock_set_late", "duplicate_start",
          "missing_trigger_reason")),
    Maker("Ocular LTE", V201, (103, 152), ("late_closing_meter_values", "no_connector_id")),
    Maker("Phihong DC", V201, (153,), ("seqno_gap", "sent_twice"), is_dc=True, evses=2),
)  # fmt: skip

# What befalls single chargers besides; those of other protocols are passed over.
FAULTS = (
    "clock_1970", "clock_2023", "clock_set_late", "clock_years_ahead", "clock_local",
    "clock_behind", "clock_jumps", "clock_stuck", "clock_drifts", "naive_timestamps",
    "zero_at_start", "overflow_at_start", "zero_once", "lifetime_once", "fall_once",
    "register_kwh_as_wh", "unit_wh_called_kwh", "empty_sampled_value", "power_only_samples",
    "lost_stop", "empty_stop", "lost_start", "phantom_start",
    "seqno_gap", "reordered_events", "sent_twice", "late_closing_meter_values",
    "decimal_meter_stop", "null_members", "connector_in_authorize", "missing_trigger_reason",
    "numeric_values", "object_meter_value",
)  # fmt: skip
_FAULTS_EACH = 7  # of fifteen chargers of a make
_CLOCKS = frozenset(name for name in BY_NAME if name.startswith("clock_"))


def quirks_of(maker: Maker, number: int) -> tuple[str, ...]:
    """Of the ``number``-th charger: its maker's habits, and every second time a fault besides."""
    if number % 2 == 0:
        return maker.quirks
    fitting = [fault for fault in FAULTS if _fits(maker, fault)]
    at = number // 2 + MAKERS.index(maker) * _FAULTS_EACH
    return (*maker.quirks, fitting[at % len(fitting)])


def _fits(maker: Maker, fault: str) -> bool:
    """It has one clock, and no fault twice."""
    has_clock = bool(_CLOCKS.intersection(maker.quirks))
    is_known = maker.protocol in BY_NAME[fault].protocols and fault not in maker.quirks
    return is_known and not (has_clock and fault in _CLOCKS)
