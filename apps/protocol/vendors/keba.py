"""KEBA P30 groups: the serial number of the unit is appended to the card's number.

Answered "Invalid", the group's master would block the card, so the card alone is read.
"""

import re
from typing import Any

from apps.protocol.vendors.profile import Profile

_SUFFIX = re.compile(r"_\d{6,}$")


def _bare_tag(payload: dict[str, Any]) -> dict[str, Any] | None:
    tag = payload.get("idTag")
    bare = _SUFFIX.sub("", tag) if isinstance(tag, str) else tag
    return payload | {"idTag": bare} if bare and bare != tag else None


PROFILE = Profile(
    name="keba",
    vendor=r"keba.*",
    habits={
        "Authorize": _bare_tag,
        "StartTransaction": _bare_tag,
        "StopTransaction": _bare_tag,
    },
)
