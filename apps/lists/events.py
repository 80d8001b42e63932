"""What stations tell of their local lists."""

from collections.abc import Callable, Mapping

from apps.batch.parts import Batch
from apps.commands.happenings import Answered
from apps.commands.models import CommandRow
from apps.domain.events import CommandAnswered
from apps.lists import services
from apps.stations.models import Station


def _answered(batch: Batch, told: Answered) -> None:
    """A command of ours about a list, or about who is on it, has its answer."""
    take = _ANSWERED.get(told.row.name)
    if take is not None:
        take(batch, told.row, told.event)


def _list(batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    services.take_answer(row, event, now=batch.now)


def _version(batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    services.take_version(row, event, now=batch.now)


def _forgotten(batch: Batch, row: CommandRow, event: CommandAnswered) -> None:
    """What a station shall forget of a customer leaves its local list too (N10.FR.02)."""
    given = row.parameters
    if event.status == "accepted" and given.get("clear") and given.get("token"):
        station = Station.objects.get(pk=row.station_id)
        services.forget_token(station, given["token"], given["token_type"], now=batch.now)


_ANSWERED: Mapping[str, Callable[[Batch, CommandRow, CommandAnswered], None]] = {
    "customer_information": _forgotten,
    "get_local_list_version": _version,
    "send_local_list": _list,
}
HOOKS = {Answered: _answered}
