"""A display with messages of every life."""

from datetime import datetime, timedelta
from typing import Any

from apps.display.models import DisplayMessage
from apps.stations.models import Station, Variable


def message(station: Station, number: int, content: str, at: datetime, **more: Any) -> None:
    known = {"priority": "NormalCycle", "format": "UTF8", "actor": "Anna Visser"}
    DisplayMessage.objects.create(
        station=station, number=number, content=content, created_at=at, changed_at=at,
        **(known | more),
    )  # fmt: skip


def display(station: Station, now: datetime) -> None:
    """Now, next, over, of a session, of the station itself, refused and gone."""
    hour = timedelta(hours=1)
    message(station, 1, "Welcome at Rotterdam Zuid", now, station_state="Idle", language="en")
    message(station, 2, "Works on Friday", now, starts_at=now + hour, ends_at=now + 9 * hour)
    message(station, 3, "Open all night", now, ends_at=now - hour)
    message(station, 4, "Please move on", now, priority="InFront", transaction_id="T" * 36)
    message(station, 9, "Alfen Eve", now, is_ours=False, actor="", display="Display, EVSE 1")
    message(station, 5, "<b>Sale</b>", now, state="rejected", detail="NotSupportedMessageFormat",
            format="HTML")  # fmt: skip
    message(station, 6, "Closed", now, state="gone", detail="Replaced")
    for name, value in (("SupportedFormats", "ASCII,UTF8"),
                        ("SupportedPriorities", "InFront,NormalCycle")):  # fmt: skip
        Variable.objects.create(
            station=station, component="DisplayMessageCtrlr", variable=name, value=value,
            mutability="ReadOnly", read_at=now,
        )  # fmt: skip
