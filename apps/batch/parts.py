"""One batch: its items, and the part that each app takes in it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from apps.batch.items import Item
from apps.batch.refs import StationRef
from apps.domain.answers import Answer
from apps.domain.events import Event
from apps.live.announce import announce
from ocpp_platform.bulk import Writes

Result = Answer | Callable[[], Answer]
Hook = Callable[["Batch", Any], None]
Kind = TypeVar("Kind", bound="Part")
Told = TypeVar("Told", bound=Event)


class Part:
    """What an app gathers for a batch: read at once, decided in memory, written at once."""

    def __init__(self, batch: "Batch") -> None:
        self.batch = batch

    def load(self) -> None:
        """Read what the events of the batch name. Called once, before anything is handled."""

    def flush(self, writes: Writes) -> None:
        """Write what was decided. Called once, after everything has been handled."""


class Batch:
    """The items that are committed together, at ``now``.

    ``hooks``: what follows from a happening, in this order; see the ``happenings`` of the apps.
    """

    def __init__(
        self,
        items: Sequence[Item],
        now: datetime,
        hooks: Mapping[type, Sequence[Hook]] | None = None,
    ) -> None:
        self.items = items
        self.events = [(item, item.event) for item in items if item.event is not None]
        self.now = now
        self._topics: dict[int, set[str]] = defaultdict(set)
        self._hooks = hooks or {}
        self._parts: dict[type[Part], Part] = {}

    def part(self, kind: type[Kind]) -> Kind:
        """The one of this batch; loaded when it is asked for first."""
        part = self._parts.get(kind)
        if part is None:
            part = self._parts[kind] = kind(self)
            part.load()
        return part  # type: ignore[return-value]

    def gather(self, kinds: Iterable[type[Part]]) -> None:
        """Load these in their order, in which they are locked and written too."""
        for kind in kinds:
            self.part(kind)

    def told(self, *kinds: type[Told]) -> list[tuple[Item, Told]]:
        """The events of these kinds, in their order."""
        return [(item, event) for item, event in self.events if isinstance(event, kinds)]

    def follow(self, happening: object) -> None:
        """Do what the apps have hooked to ``happening``."""
        for hook in self._hooks.get(type(happening), ()):
            hook(self, happening)

    def announce(self, organisation_id: int, *topics: str) -> None:
        """For ``tell``, each topic once."""
        self._topics[organisation_id].update(topics)

    def station_changed(self, ref: StationRef) -> None:
        self.announce(ref.organisation_id, "stations", f"station:{ref.id}")

    def tell(self) -> None:
        """Who watches hears on commit what changed."""
        for organisation_id, topics in self._topics.items():
            announce(organisation_id, *sorted(topics))

    def flush(self, writes: Writes) -> None:
        """Write every part; one that is asked for meanwhile comes last."""
        written: set[type[Part]] = set()
        while waiting := [kind for kind in self._parts if kind not in written]:
            written.add(waiting[0])
            self._parts[waiting[0]].flush(writes)
