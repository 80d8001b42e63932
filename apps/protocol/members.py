"""Reading single members of a valid payload into what the product can keep.

The schemas bound no integer and few strings; OCPP 2.0.1 (part 2, data types) means 32 bits.
What does not fit is read as absent, never as something else.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.domain.events import Token
from apps.protocol import timestamps
from apps.protocol.timestamps import Moment

MAX_INT32 = 2**31 - 1
MAX_TEXT = 255


def count(value: Any) -> int | None:
    """A whole number from 0 to 2^31-1, or None."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MAX_INT32:
        return int(value)
    return None


def positive(value: Any) -> int | None:
    """As ``count``, without 0: stations write 0 or -1 for "none"."""
    return count(value) or None


def text(payload: Mapping[str, Any], name: str) -> str:
    """The member as text of at most 255 characters; "" where it is absent."""
    value = payload.get(name)
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def instant(value: Any, received_at: datetime) -> datetime:
    """The settled instant of a timestamp member, see timestamps.settle."""
    return moment(value, received_at).at


def moment(value: Any, received_at: datetime) -> Moment:
    """As ``instant``, with what is known of it."""
    return timestamps.settle(timestamps.read(value), received_at)


def token(value: Any) -> Token | None:
    """A 1.6 idTag (text) or a 2.0.1 idToken (object); None where absent or blank."""
    if isinstance(value, str):
        return Token(value) if value else None
    if isinstance(value, dict):
        return Token(value["idToken"], value["type"])
    return None
