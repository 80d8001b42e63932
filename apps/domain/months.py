"""Calendar months in UTC. An instant is ``in`` its month; as text a month is "2025-03"."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """From ``start`` until before ``end``."""

    start: datetime

    @classmethod
    def of(cls, at: datetime) -> "Month":
        return cls(datetime(*at.astimezone(UTC).timetuple()[:2], 1, tzinfo=UTC))

    @classmethod
    def named(cls, name: str) -> "Month":
        """ValueError where it is none."""
        month = cls(datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC))
        if str(month) != name:
            raise ValueError(name)
        return month

    @property
    def end(self) -> datetime:
        year, month = divmod(self.start.year * 12 + self.start.month, 12)
        return self.start.replace(year=year, month=month + 1)

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def __str__(self) -> str:
        return f"{self.start:%Y-%m}"
