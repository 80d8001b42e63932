"""What a station's display can show limits what may be ordered, and when it is to be seen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.commands import services
from apps.commands.models import CommandRow
from apps.display.life import Phase, phase
from apps.display.models import DisplayMessage
from apps.display.services import complete
from apps.domain.command import BadParameters
from apps.domain.commands import parse
from apps.domain.display import SetDisplayMessage
from apps.stations.models import Station, Variable

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"content": "  "}, "cannot be empty"),
        ({"content": "x" * 513}, "at most 512"),
        ({"content": "é", "format": "ASCII"}, "ASCII does not know"),
        ({"format": "PDF"}, "ASCII, UTF8, HTML, URI"),
        ({"priority": "High"}, "AlwaysFront"),
        ({"state": "Busy"}, "Charging, Faulted"),
        ({"language": "x" * 9}, "at most 8"),
        ({"starts_at": "noon"}, "an instant"),
        ({"starts_at": "2026-05-02T00:00:00Z", "ends_at": "2026-05-01T00:00:00Z"}, "after"),
        ({"message_id": 2**31}, "at most"),
        ({"display": {"evse": 1}}, "with a 'name'"),
    ],
)
def test_a_wrong_message_is_refused_with_what_is_wrong(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadParameters, match=problem):
        parse("set_display_message", {"content": "Hello"} | wrong)


def test_a_number_too_large_is_refused() -> None:
    for name, given in (("get_display_messages", {"ids": [2**31]}),
                        ("clear_display_message", {"message_id": 2**31})):  # fmt: skip
        with pytest.raises(BadParameters, match="at most 2147483647"):
            parse(name, given)


def test_only_what_the_device_model_offers(station: Station) -> None:
    order = SetDisplayMessage("Hello", format="HTML")
    assert complete(station, order, now=NOW)
    Variable.objects.create(
        station=station, component="DisplayMessageCtrlr", variable="SupportedFormats",
        value="ASCII, UTF8", read_at=NOW,
    )  # fmt: skip
    with pytest.raises(BadParameters, match="knows no format 'HTML'; it has ASCII, UTF8"):
        complete(station, order, now=NOW)
    with pytest.raises(BadParameters, match="in the past"):
        complete(station, SetDisplayMessage("Hi", ends_at="2026-05-01T12:00:00Z"), now=NOW)


def test_each_message_has_a_number_of_its_own(station: Station) -> None:
    def number() -> int:
        order = complete(station, SetDisplayMessage("Hello"), now=NOW)
        assert isinstance(order, SetDisplayMessage)
        services.queue(
            organisation_id=station.organisation_id, station_id=station.pk,
            identity=station.identity, command=order, now=NOW,
        )  # fmt: skip
        return order.message_id

    assert (number(), number()) == (1, 2)
    CommandRow.objects.all().delete()
    DisplayMessage.objects.create(
        station=station, number=40, priority="InFront", format="UTF8", content="x", state="gone",
        created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    assert number() == 41
    given = complete(station, SetDisplayMessage("Hello", message_id=7), now=NOW)
    assert given == SetDisplayMessage("Hello", message_id=7)


def test_its_times_say_when_it_is_seen() -> None:
    hour = timedelta(hours=1)
    assert phase(None, None, NOW) is Phase.NOW
    assert phase(NOW, NOW + hour, NOW) is Phase.NOW
    assert phase(NOW + hour, None, NOW) is Phase.NEXT
    assert phase(NOW - hour, NOW, NOW) is Phase.OVER
