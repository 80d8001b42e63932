"""How often something may happen, for each of many keys. Pure."""

from collections import OrderedDict

MOST_KEYS = 10_000


class Budget:
    """``per_minute`` tokens a key, which fill up again at that rate.

    Of more than MOST_KEYS keys the one that has been quiet the longest starts anew.
    """

    def __init__(self, per_minute: int) -> None:
        self._most = float(per_minute)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def has_any(self, key: str, now_s: float) -> bool:
        """Whether ``take`` would succeed; ``now_s`` of a clock that never goes back."""
        return self._count(key, now_s) >= 1

    def take(self, key: str, now_s: float) -> bool:
        """Use one token, if there is one."""
        count = self._count(key, now_s)
        is_there = count >= 1
        self._left[key] = (count - 1 if is_there else count, now_s)
        self._left.move_to_end(key)
        if len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)
        return is_there

    def _count(self, key: str, now_s: float) -> float:
        left, at_s = self._left.get(key, (self._most, now_s))
        return min(self._most, left + (now_s - at_s) * self._most / 60)
