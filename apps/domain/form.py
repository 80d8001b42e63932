"""The form of a station's messages: what is odd about it and excused, and what it comes to.

The rules are a closed list: they stand in rows, in REST and on pages.
"""

from dataclasses import dataclass
from typing import NamedTuple

from apps.domain.events import Event

WORDS = {
    "bare_value": "a bare value instead of an object",
    "decimal_for_whole": "decimals where a whole number belongs",
    "empty_list": "an empty list",
    "empty_text": "an empty text",
    "json_repaired": "invalid JSON, repaired",
    "list_for_object": "a list instead of an object",
    "missing_member": "missing",
    "null_member": "null instead of being left out",
    "number_as_text": "a number written as text",
    "object_for_list": "an object instead of a list",
    "no_number": "no value of JSON (NaN, Infinity, half a character), taken as absent",
    "odd_frame": "a frame with an odd type, an odd message id, or with more than four elements",
    "odd_payload": "a payload that is no object",
    "odd_time": "a time that is not RFC 3339",
    "other_value": "a value out of bounds",
    "overlong_text": "a text longer than allowed",
    "text_as_number": "a number or a yes/no instead of a text",
    "unknown_member": "a member that OCPP does not know",
    "unknown_word": "a word that OCPP does not know",
    "wrong_case": "upper and lower case mixed up",
    "wrong_type": "a value of another type",
}

# Why a message is not taken after all.
REFUSALS = {
    "broken_frame": "no frame of OCPP: its JSON is broken",
    "failed": "failed here, and kept for inspection",
    "strict_form": "refused, because the station is read strictly",
    "too_large": "larger than a message may be, and the connection was closed for it",
}


class Excuse(NamedTuple):
    """``rule``: of WORDS. ``path``: a JSON pointer without indexes, of what OCPP knows there.

    ``detail``: the name of a member that OCPP does not know; never a value, which may be secret.
    """

    rule: str
    path: str = ""
    detail: str = ""

    def __str__(self) -> str:
        """For people: "/meterStop: decimals where a whole number belongs"."""
        named = f" ({self.detail})" if self.detail else ""
        return f"{self.path or '/'}: {WORDS[self.rule]}{named}"


@dataclass(frozen=True, slots=True)
class Unreadable(Event):
    """A message of which nothing can be made: acknowledged, and kept with its frame."""

    action: str
    is_about_money: bool


@dataclass(frozen=True, slots=True)
class MessageRefused(Event):
    """A message about money, as far as can be told, was not taken: what it says is not known here.

    ``action`` "" where nobody can tell; ``rule`` of REFUSALS. ``transaction_id`` and ``evse_id``
    say whose money it is, as far as could be read.
    """

    action: str
    rule: str
    transaction_id: str | None = None
    evse_id: int | None = None
