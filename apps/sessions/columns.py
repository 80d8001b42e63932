"""The columns of a session: all, what a change may change, and what every message changes."""

from dataclasses import fields

from apps.sessions.energy import Totals
from apps.sessions.machine import Facts

FACTS = tuple(f.name for f in fields(Facts))
TOTALS = tuple(f.name for f in fields(Totals))
IDENTITY = (
    "id", "organisation_id", "station_id", "transaction_id", "natural_key", "protocol",
)  # fmt: skip
REST = (
    "token_id", "tariff_version_id", "currency", "price_excl_vat", "vat", "price_incl_vat",
    "flags", "last_received_at", "asked_at", "state", "told", "totalled", "is_stale",
    "is_problem", "is_thinned", "is_misdated", "limit_w", "decided_wh",
)  # fmt: skip
COLUMNS = (*IDENTITY, *FACTS, *TOTALS, *REST)
HOT_FACTS = ("last_event_at", "charging_state", "state_at", "state_seq", "has_charged", "seqs")
HOT_REST = (
    "flags", "last_received_at", "asked_at", "state", "told", "totalled", "is_stale",
)  # fmt: skip
HOT = ("id", *HOT_FACTS, *TOTALS, *HOT_REST)  # what every message changes
CHANGING = ("id", *FACTS, *TOTALS, *REST)
