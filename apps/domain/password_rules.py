"""Which passwords a station can have (OCPP 2.0.1 A00.FR.205; 1.6 with security). Pure.

2.0.1 has a text of 16 to 40 characters, 1.6 a key of 16 to 20 bytes that is written in hex.
"""

import re
from collections.abc import Mapping
from typing import Any

SHORTEST, LONGEST = 16, 40
KEY_16, PLACE_201 = "authorizationkey", ("securityctrlr", "basicauthpassword")
_KEY = re.compile(r"(?:[0-9A-Fa-f]{2}){16,20}")


def text_problem(password: str) -> str:
    """Why no station can have it; "" where one can."""
    if SHORTEST <= len(password) <= LONGEST:
        return ""
    return f"A station's password has {SHORTEST} to {LONGEST} characters, not {len(password)}"


def key_problem(value: str) -> str:
    """The same of a 1.6 AuthorizationKey, as it is sent."""
    if _KEY.fullmatch(value):
        return ""
    return "An AuthorizationKey is 16 to 20 bytes written in hex: 32 to 40 digits, an even number"


def setting_problem(item: Mapping[str, Any]) -> str:
    """Why an entry of SetVariables sets no password; "" for any other setting."""
    named = tuple(_name(item.get(part)) for part in ("component", "variable"))
    value = str(item.get("attributeValue", ""))
    if named == PLACE_201:
        return text_problem(value)
    if named == ("", KEY_16) or _plain(item.get("key")) == KEY_16:
        return key_problem(value)
    return ""


def _name(named: Any) -> str:
    return _plain(named.get("name")) if isinstance(named, dict) else ""


def _plain(name: Any) -> str:
    return str(name or "").casefold()
