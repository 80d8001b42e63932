"""How far back the rows of each key have been read, so that each is read once."""

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Reach(Generic[Key]):
    def __init__(self) -> None:
        self._since: dict[Key, datetime] = {}

    def covers(self, key: Key, at: datetime) -> bool:
        """Whether what came after ``at`` has been read."""
        since = self._since.get(key)
        return since is not None and since <= at

    def extend(self, wanted: Mapping[Key, datetime]) -> dict[Key, datetime]:
        """What of ``wanted`` must be read now; from then on it counts as read."""
        news = {key: at for key, at in wanted.items() if not self.covers(key, at)}
        self._since |= news
        return news
